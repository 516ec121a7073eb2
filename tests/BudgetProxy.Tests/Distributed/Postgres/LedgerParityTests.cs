using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Distributed;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Embedded;
using BudgetProxy.Ledger;
using BudgetProxy.Tests.Embedded;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Postgres;

/// <summary>Both ledgers give the same answers on the same entries.</summary>
public sealed class LedgerParityTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, 345, TimeSpan.Zero);

    private readonly EmbeddedStoreFactory _sqlite = new(new TestClock(Now));
    private TestDatabase _data = null!;
    private PostgresLedger _ledger = null!;

    public async ValueTask InitializeAsync()
    {
        _data = await TestDatabase.CreateAsync();
        _ledger = new PostgresLedger(_data.Database);
    }

    public async ValueTask DisposeAsync()
    {
        await _data.DisposeAsync();
        _sqlite.Dispose();
    }

    [Fact]
    public async Task Totals_and_streams_are_the_same()
    {
        var some = new SomeEntries(11);
        // Above 64 bits in sum the two would differ, as they should: costs here are real ones.
        var entries = some.Make(2_500, Now, TimeSpan.FromDays(60), "acme", "Zebra", "other")
            .ConvertAll(row => row with { Entry = row.Entry with { Charged = new(row.Entry.Charged.Value / 4), Cost = new(row.Entry.Cost.Value / 4) } });
        await BookAsync(entries);
        var times = entries.Select(row => row.Entry.SettledAt).ToList();
        for (var round = 0; round < 40; round++)
        {
            var filter = new LedgerFilter(
                some.Next(2) == 0 ? null : "acme", some.Next(3) == 0 ? "ann" : null, some.Next(4) == 0 ? "alpha" : null, some.Next(4) == 0 ? "gpt-4o" : null,
                some.Next(2) == 0 ? null : some.Pick(times).AddTicks(some.Next(3) - 1), some.Next(2) == 0 ? null : some.Pick(times).AddTicks(some.Next(3) - 1));
            var groups = (UsageGroups)some.Next(256);
            Assert.Equal(
                await _sqlite.Ledger.TotalsAsync(filter, groups, CancellationToken.None), await _ledger.TotalsAsync(filter, groups, CancellationToken.None));
            Assert.Equal(await TextAsync(_sqlite.Ledger.StreamAsync(filter, CancellationToken.None)), await TextAsync(_ledger.StreamAsync(filter, CancellationToken.None)));
        }

        Assert.Equal(2_500, (await TextAsync(_ledger.StreamAsync(new LedgerFilter(To: DateTimeOffset.MaxValue, From: DateTimeOffset.MinValue), CancellationToken.None))).Count);
        await foreach (var entry in _sqlite.Ledger.StreamAsync(new LedgerFilter("acme"), CancellationToken.None))
        {
            foreach (var (tenant, id, has) in new[] { ("acme", entry.Id, true), ("nobody", entry.Id, false), ("acme", Guid.CreateVersion7(), false) })
            {
                Assert.Equal(has, await _sqlite.Ledger.HasAsync(tenant, id, CancellationToken.None));
                Assert.Equal(has, await _ledger.HasAsync(tenant, id, CancellationToken.None));
            }

            break;
        }

        Assert.Empty(await _ledger.TotalsAsync(new LedgerFilter("nobody"), UsageGroups.None, CancellationToken.None));
    }

    [Fact]
    public async Task What_a_budget_has_spent_is_what_its_entries_add_up_to()
    {
        var some = new SomeEntries(12);
        List<PlacedEntry> entries =
        [
            .. some.Make(700, Now.AddMinutes(3), TimeSpan.FromHours(5), "acme", "other"),
            .. some.Make(700, Now.AddDays(40), TimeSpan.FromDays(500), "acme", "other"),
            .. some.Make(200, Now, TimeSpan.FromSeconds(9), "acme"),
        ];
        await BookAsync(entries);
        var streamed = await EntriesAsync(_ledger.StreamAsync(new LedgerFilter(), CancellationToken.None));
        var places = entries.ToDictionary(row => row.Entry.Id, row => row.Place);
        var seeding = new LedgerCheck(_sqlite.Database);
        var found = 0;
        for (var round = 0; round < 150; round++)
        {
            var budget = Budget(some);
            var now = Now.AddSeconds(some.Next(7_200) - 3_600);
            var all = await _ledger.SumAsync(budget, now, Place.Last, CancellationToken.None);
            AssertSame(Plain(budget, now, streamed), all.Slots);
            AssertSame(seeding.Sum(budget, now).Slots, all.Slots);
            var upTo = some.Pick(entries).Place;
            AssertSame(
                Plain(budget, now, streamed.Where(entry => places[entry.Id] <= upTo)),
                (await _ledger.SumAsync(budget, now, upTo, CancellationToken.None)).Slots);
            found += all.Slots.Count;
        }

        Assert.True(found > 1_000, "The budgets hardly counted anything.");
    }

    private static Budget Budget(SomeEntries some)
    {
        var window = some.Pick(["minute", "hour", "day", "week", "month", "quarter", "year", "lifetime", "rolling:PT7S", "rolling:PT1H", "rolling:P30D", "rolling:P3660D"]);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(some.Pick(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"]));
        var per = some.Next(2) == 0 ? null : (BudgetDimension?)some.Next((int)BudgetDimension.Provider);
        return new Budget
        {
            Tenant = some.Pick(["acme", "acme", "other"]),
            Name = "b",
            Per = per,
            PerTag = per == BudgetDimension.Tag ? some.Pick(["team", "z \"1\"", "none"]) : null,
            Match = [.. Enumerable.Range(0, some.Next(3)).Select(_ => Condition(some))],
            LimitKind = (LimitKind)some.Next(4),
            Limit = 1,
            Window = BudgetWindow.TryParse(window, zone, out var parsed) ? parsed : throw new FormatException(window),
        };
    }

    private static BudgetMatch Condition(SomeEntries some)
    {
        var dimension = (BudgetDimension)some.Next((int)BudgetDimension.Provider + 1);
        return new BudgetMatch(dimension, dimension == BudgetDimension.Tag ? "team" : null, some.Pick(["*", "", "a*", "gpt*", "*n", "key_1", "r*d", "open*", "run *"]));
    }

    /// <summary>The sum as one would do it by hand.</summary>
    private static Dictionary<(string Scope, long Slot), (long? Ends, long Spent)> Plain(Budget budget, DateTimeOffset now, IEnumerable<LedgerEntry> entries)
    {
        var sums = new Dictionary<(string Scope, long Slot), (long? Ends, long Spent)>();
        foreach (var entry in entries)
        {
            var caller = entry.ToCaller();
            var slot = budget.Window.SlotAt(entry.StartedAt);
            if (entry.Tenant != budget.Tenant || slot.Ends <= now || !BudgetMatcher.Matches(budget, caller, entry.Provider, entry.Model))
                continue;
            var name = (BudgetMatcher.ScopeValue(budget, caller, entry.Provider, entry.Model), slot.Start.ToUnixTimeMilliseconds());
            var amount = budget.LimitKind == LimitKind.Requests
                ? (entry.Adjusts is null ? 1 : 0)
                : BudgetMatcher.SpentOf(budget.LimitKind, entry.Cost, entry.Charged, entry.Usage.Total);
            sums[name] = (slot.Ends?.ToUnixTimeMilliseconds(), sums.GetValueOrDefault(name).Spent + amount);
        }

        return sums;
    }

    private static void AssertSame(
        Dictionary<(string Scope, long Slot), (long? Ends, long Spent)> expected, Dictionary<(string Scope, long Slot), (long? Ends, long Spent)> actual) =>
        Assert.Equal(expected.OrderBy(slot => slot.Key), actual.OrderBy(slot => slot.Key));

    private static async Task<List<LedgerEntry>> EntriesAsync(IAsyncEnumerable<LedgerEntry> stream)
    {
        var entries = new List<LedgerEntry>();
        await foreach (var entry in stream)
            entries.Add(entry);
        return entries;
    }

    private static async Task<List<string>> TextAsync(IAsyncEnumerable<LedgerEntry> stream) =>
        (await EntriesAsync(stream)).ConvertAll(entry => JsonSerializer.Serialize(entry));

    private async Task BookAsync(List<PlacedEntry> entries)
    {
        await _ledger.EnsurePartitionsAsync(Now, CancellationToken.None);
        Assert.Equal(entries.Count, await _ledger.InsertAsync(entries, CancellationToken.None));
        await _sqlite.Ledger.AppendAsync([.. entries.Select(row => row.Entry)], [], CancellationToken.None);
    }
}
