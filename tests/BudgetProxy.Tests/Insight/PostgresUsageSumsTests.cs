using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Distributed;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Ledger;
using BudgetProxy.Tests.Distributed.Postgres;

namespace BudgetProxy.Tests.Insight;

public sealed class PostgresUsageSumsTests : UsageSumsContract, IAsyncLifetime
{
    private TestDatabase _data = null!;
    private PostgresLedger _ledger = null!;
    private long _sequence;

    protected override ILedger Ledger => new Adapter(_ledger);

    public async ValueTask InitializeAsync()
    {
        _data = await TestDatabase.CreateAsync();
        _ledger = new PostgresLedger(_data.Database);
    }

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task What_caching_saved_is_nothing_for_entries_of_before_it_was_kept_until_they_are_rolled_up()
    {
        var at = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
        _data.Database.CacheSaved = static _ => new NanoUsd(3);
        await BookAsync([.. Enumerable.Range(0, 6).Select(i => SomeEntries.One(Guid.CreateVersion7(at.AddMinutes(i)), at.AddMinutes(i)))]);
        for (var saved = 0L; saved <= 18; saved += 6)
        {
            foreach (var groups in new[] { UsageGroups.None, UsageGroups.Day | UsageGroups.Provider | UsageGroups.Model })
            {
                var total = Assert.Single(await _ledger.TotalsAsync(new LedgerFilter(From: at.AddDays(-30)), groups, CancellationToken.None));
                Assert.Equal((6, saved), (total.Requests, total.CacheSaved.Value));
            }

            await _ledger.RollUpAsync(2, CancellationToken.None);
        }
    }

    /// <summary>The first as if they had been there before there were sums: those are rolled up step by step, all later ones by the database itself.</summary>
    protected override async Task BookAsync(IReadOnlyList<LedgerEntry> entries)
    {
        var first = _sequence == 0;
        if (first)
        {
            await _data.ScalarAsync(
                """
                ALTER TABLE ledger ALTER COLUMN rolled_up DROP DEFAULT; ALTER TABLE ledger ALTER COLUMN in_tenant_hours DROP DEFAULT;
                ALTER TABLE ledger DISABLE TRIGGER ledger_rolled_up;
                UPDATE usage_state SET done = false, hours_done = false
                """);
        }

        await _ledger.InsertAsync([.. entries.Select(entry => new PlacedEntry(entry, new Place(1, ++_sequence)))], CancellationToken.None);
        if (first)
            await _data.ScalarAsync("ALTER TABLE ledger DISABLE TRIGGER USER; UPDATE ledger SET cache_saved = NULL; ALTER TABLE ledger ALTER COLUMN rolled_up SET DEFAULT true; ALTER TABLE ledger ALTER COLUMN in_tenant_hours SET DEFAULT true; ALTER TABLE ledger ENABLE TRIGGER USER");
    }

    /// <summary>The ledger alone, without counters before it.</summary>
    internal sealed class Adapter(PostgresLedger ledger) : ILedger
    {
        public ValueTask ArriveAsync(IEnumerable<string>? tenants, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<IReadOnlyCollection<Guid>> AppendAsync(IReadOnlyList<LedgerEntry> entries, IReadOnlyList<Budget> budgets, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<UsageTotal>> TotalsAsync(LedgerFilter filter, UsageGroups groups, CancellationToken cancellationToken) =>
            ledger.TotalsAsync(filter, groups, cancellationToken);

        public ValueTask<IReadOnlyList<IReadOnlyList<UsageTotal>>> TotalsAsync(IReadOnlyList<UsageQuestion> questions, CancellationToken cancellationToken) =>
            ledger.TotalsAsync(questions, cancellationToken);

        public ValueTask<RollUpStep> RollUpAsync(int most, CancellationToken cancellationToken) => ledger.RollUpAsync(most, cancellationToken);

        public ValueTask<CallPage> NewestAsync(CallFilter filter, string? after, int most, CancellationToken cancellationToken) =>
            ledger.NewestAsync(filter, after, most, cancellationToken);

        public IAsyncEnumerable<LedgerEntry> StreamAsync(LedgerFilter filter, CancellationToken cancellationToken) => ledger.StreamAsync(filter, cancellationToken);

        public async ValueTask<bool> HasAsync(string tenant, Guid id, CancellationToken cancellationToken) => await ledger.HasAsync(tenant, id, cancellationToken);

        public ValueTask<IReadOnlyList<LedgerEntry>> CorrectionsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
            ledger.CorrectionsAsync(ids, cancellationToken);

        public ValueTask<string?> BookmarkAsync(string name, CancellationToken cancellationToken) => ledger.BookmarkAsync(name, cancellationToken);

        public ValueTask MoveBookmarkAsync(string name, string value, CancellationToken cancellationToken) => ledger.MoveBookmarkAsync(name, value, cancellationToken);
    }
}
