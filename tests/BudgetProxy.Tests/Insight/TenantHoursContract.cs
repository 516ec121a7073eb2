using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using BudgetProxy.Tests.Distributed.Postgres;

namespace BudgetProxy.Tests.Insight;

/// <summary>A tenant's hours, which bills are cut from: each entry is in them once, whenever it was booked, and a row that something was added to says so.</summary>
public abstract class TenantHoursContract
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly SomeEntries _some = new(77);

    protected List<LedgerEntry> Booked { get; } = [];

    /// <summary>Every row, by tenant, hour and whether it was paid before: calls, cost, charged, input tokens and whether it was added to.</summary>
    protected abstract Task<IReadOnlyList<(string Tenant, long At, bool Prepaid, long Requests, long Cost, long Charged, long Input, bool Unbilled)>> RowsAsync();

    protected abstract Task BookAsync(IReadOnlyList<LedgerEntry> entries);

    /// <summary>The table and all that belongs to it gone, as before there was one.</summary>
    protected abstract Task ForgetAsync();

    /// <summary>As a new version does at its start.</summary>
    protected abstract Task MigrateAsync();

    /// <summary>The process ends here, and another goes on.</summary>
    protected abstract Task ReopenAsync();

    protected abstract Task MarkBilledAsync();

    /// <summary>Whole answers by tenant and hour, which must be right at every step.</summary>
    protected abstract ILedger Ledger { get; }

    [Fact]
    public async Task Entries_of_before_are_added_step_by_step_and_once_with_later_ones_between()
    {
        await AddAsync(300);
        await RollUpAsync();
        await ForgetAsync();
        await MigrateAsync();
        await CheckAsync([], _ => true);
        for (var step = 0; step < 4; step++)
        {
            await AddAsync(20);
            await Ledger.RollUpAsync(70, CancellationToken.None);
            await CheckAnswersAsync();
            if (step == 2)
                await ReopenAsync();
        }

        await RollUpAsync();
        await CheckAnswersAsync();
        await CheckAsync(Booked, _ => true);
        Assert.Equal(default, await Ledger.RollUpAsync(500, CancellationToken.None));
    }

    [Fact]
    public async Task What_is_added_is_unbilled_and_a_repeat_adds_nothing()
    {
        await AddAsync(100);
        await RollUpAsync();
        await CheckAsync(Booked, _ => true);
        await MarkBilledAsync();
        var more = await AddAsync(100);
        await RollUpAsync();
        await CheckAsync(Booked, row => more.Exists(entry => Of(entry) == row));
        await MarkBilledAsync();
        await BookAsync(more);
        await RollUpAsync();
        await CheckAsync(Booked, _ => false);
    }

    [Fact]
    public async Task What_was_paid_before_is_in_rows_of_its_own_and_answers_have_both()
    {
        var entries = Entries(200).ConvertAll(entry => entry with { Prepaid = entry.SettledAt.ToUnixTimeMilliseconds() % 3 == 0 });
        await BookAsync(entries);
        Booked.AddRange(entries);
        await CheckAnswersAsync();
        await RollUpAsync();
        await CheckAsync(Booked, _ => true);
        Assert.Contains(await RowsAsync(), row => row.Prepaid);
        await CheckAnswersAsync();
        foreach (var prepaid in new[] { true, false })
        {
            var question = new UsageQuestion(new LedgerFilter("acme", From: Now.AddDays(-2), To: Now.AddMinutes(-30)) { Prepaid = prepaid }, UsageGroups.Hour);
            var answers = await Ledger.TotalsAsync([question, question with { FromEntries = true }], CancellationToken.None);
            Assert.Equal(answers[1], answers[0]);
            Assert.Equal(
                Booked.Where(entry => entry.Tenant == "acme" && entry.Prepaid == prepaid && entry.SettledAt >= Now.AddDays(-2) && entry.SettledAt < Now.AddMinutes(-30))
                    .Sum(entry => entry.Charged.Value),
                answers[0].Sum(total => total.Charged.Value));
        }
    }

    /// <summary>Adds to the sums until nothing is left.</summary>
    protected async Task RollUpAsync()
    {
        while ((await Ledger.RollUpAsync(60, CancellationToken.None)).Left > 0)
        {
            // Until nothing is left.
        }
    }

    protected async Task<List<LedgerEntry>> AddAsync(int count)
    {
        var entries = Entries(count);
        await BookAsync(entries);
        Booked.AddRange(entries);
        return entries;
    }

    protected List<LedgerEntry> Entries(int count) =>
    [
        .. _some.Make(count, Now, TimeSpan.FromDays(3), "acme", "Zebra", "other").Select(row => row.Entry with
        {
            Cost = new NanoUsd(row.Entry.Cost.Value / 1_000),
            Charged = new NanoUsd(row.Entry.Charged.Value / 1_000),
            Prepaid = false,
        }),
    ];

    /// <param name="unbilled">Of which rows it must say that something was added.</param>
    protected async Task CheckAsync(IReadOnlyList<LedgerEntry> entries, Func<(string Tenant, long At), bool> unbilled)
    {
        var expected = entries.GroupBy(entry => (Row: Of(entry), IsPaid: entry.Prepaid == true)).OrderBy(hour => hour.Key.Row.Tenant, StringComparer.Ordinal)
            .ThenBy(hour => hour.Key.Row.At).ThenBy(hour => hour.Key.IsPaid).Select(hour => (
            hour.Key.Row.Tenant, hour.Key.Row.At, hour.Key.IsPaid, Requests: (long)hour.Count(entry => entry.Adjusts is null), Cost: hour.Sum(entry => entry.Cost.Value),
            Charged: hour.Sum(entry => entry.Charged.Value), Input: hour.Sum(entry => entry.Usage.Input), Unbilled: unbilled(hour.Key.Row)));
        Assert.Equal(expected, await RowsAsync());
    }

    private async Task CheckAnswersAsync()
    {
        var question = new UsageQuestion(new LedgerFilter(From: Now.AddDays(-2), To: Now.AddMinutes(-30)), UsageGroups.Tenant | UsageGroups.Hour);
        foreach (var groups in new[] { UsageGroups.Tenant, UsageGroups.Tenant | UsageGroups.Day, UsageGroups.Tenant | UsageGroups.Hour })
        {
            var answers = await Ledger.TotalsAsync([question with { Groups = groups }, question with { Groups = groups, FromEntries = true }], CancellationToken.None);
            Assert.Equal(answers[1], answers[0]);
        }
    }

    protected static (string Tenant, long At) Of(LedgerEntry entry) => (entry.Tenant, UsageLevels.Floor(UsageLevel.TenantHours, entry.SettledAt.ToUnixTimeMilliseconds()));
}
