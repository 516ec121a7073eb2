using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using BudgetProxy.Tests.Distributed.Postgres;

namespace BudgetProxy.Tests.Insight;

/// <summary>Totals from the sums that are kept are what the entries add up to, at any time and for any question.</summary>
public abstract class UsageSumsContract
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, 345, TimeSpan.Zero);

    private readonly SomeEntries _some = new(31);
    private readonly Dictionary<Guid, LedgerEntry> _booked = [];

    protected abstract ILedger Ledger { get; }

    /// <summary>Books entries; those whose id is there already change nothing.</summary>
    protected abstract Task BookAsync(IReadOnlyList<LedgerEntry> entries);

    [Fact]
    public async Task Any_question_has_the_same_answer_from_the_sums_as_from_the_entries()
    {
        for (var round = 0; round < 8; round++)
        {
            var entries = Entries(250);
            // A repeat of some, as after a fault: it must count nothing twice.
            await BookAsync([.. entries, .. _booked.Values.Take(40)]);
            foreach (var entry in entries)
                _booked[entry.Id] = entry;
            await CheckAsync(questions: 12);
            // Rolled up in part, and then wholly in every second round.
            await Ledger.RollUpAsync(1 + _some.Next(200), CancellationToken.None);
            await CheckAsync(questions: 12);
            while (round % 2 == 1 && (await Ledger.RollUpAsync(300, CancellationToken.None)).Left > 0)
            {
                // Until nothing is left.
            }

            await CheckAsync(questions: 12);
        }
    }

    [Fact]
    public async Task What_is_aligned_is_answered_without_the_entries()
    {
        await BookAsync(Entries(50));
        while ((await Ledger.RollUpAsync(500, CancellationToken.None)).Entries > 0)
        {
            // Until nothing is left.
        }

        foreach (var groups in new[] { UsageGroups.None, UsageGroups.Tenant, UsageGroups.Tenant | UsageGroups.Hour, UsageGroups.Tenant | UsageGroups.Model | UsageGroups.Day, UsageGroups.User, UsageGroups.Provider | UsageGroups.Hour })
        {
            var segments = UsagePlan.Of(new UsageQuestion(new LedgerFilter(From: new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero)), groups), hoursKnown: true);
            Assert.NotNull(Assert.Single(segments).Level);
        }

        var week = UsagePlan.Of(new UsageQuestion(new LedgerFilter(From: Now.AddDays(-70), To: Now), UsageGroups.Tenant), hoursKnown: true);
        Assert.Equal(
            [null, UsageLevel.TenantHours, UsageLevel.TenantDays, UsageLevel.TenantMonths, UsageLevel.TenantDays, UsageLevel.TenantHours, null],
            week.Select(segment => segment.Level));
        Assert.Equal(week.Skip(1).Select(segment => segment.From), week.SkipLast(1).Select(segment => segment.To));
    }

    /// <summary>A provider that names an absurd usage, twice, keeps no entry out, and no report from being read.</summary>
    [Fact]
    public async Task Sums_beyond_64_bits_are_cut()
    {
        var (some, hour) = (Entries(40), new DateTimeOffset(2026, 11, 19, 10, 0, 0, TimeSpan.Zero));
        await BookAsync(some);
        await Ledger.RollUpAsync(500, CancellationToken.None);
        foreach (var (input, output) in new[] { (long.MaxValue, long.MinValue), (9, -9), (long.MaxValue, long.MinValue), (7, -7) })
        {
            var one = SomeEntries.One(Guid.CreateVersion7(hour), hour) with { Usage = new Usage { Input = input, Output = output } };
            // One at a time, two at once, and in another hour of the same day.
            await BookAsync([one]);
            await Ledger.RollUpAsync(500, CancellationToken.None);
            await BookAsync([one with { Id = Guid.CreateVersion7(hour) }, one with { Id = Guid.CreateVersion7(hour), SettledAt = hour.AddHours(1) }]);
            await Ledger.RollUpAsync(500, CancellationToken.None);
        }

        foreach (var groups in new[] { UsageGroups.None, UsageGroups.Tenant, UsageGroups.Tenant | UsageGroups.Hour, UsageGroups.Tenant | UsageGroups.Model | UsageGroups.Day, UsageGroups.User })
        {
            foreach (var entries in new[] { false, true })
            {
                var totals = (await Ledger.TotalsAsync([new UsageQuestion(new LedgerFilter("acme"), groups, entries)], CancellationToken.None))[0];
                Assert.Equal(12 + some.Count(entry => entry.Tenant == "acme" && entry.Adjusts is null), totals.Sum(total => total.Requests));
                Assert.Contains(totals, total => total.Usage.Input > long.MaxValue - 1_000_000_000 && total.Usage.Output < long.MinValue + 1_000_000_000);
            }
        }
    }

    private List<LedgerEntry> Entries(int count) =>
    [
        .. _some.Make(count, Now, TimeSpan.FromDays(100), "acme", "Zebra", "other").Select(row => row.Entry with
        {
            Cost = new NanoUsd(row.Entry.Cost.Value / 1_000_000),
            Charged = new NanoUsd(row.Entry.Charged.Value / 1_000_000),
            Reserved = new NanoUsd(row.Entry.Reserved.Value / 1_000_000),
            Overrun = new NanoUsd(Math.Max(0, row.Entry.Overrun.Value - 500)),
        }),
    ];

    private async Task CheckAsync(int questions)
    {
        var asked = Enumerable.Range(0, questions).Select(_ => Question()).ToList();
        var answers = await Ledger.TotalsAsync(asked, CancellationToken.None);
        for (var i = 0; i < asked.Count; i++)
        {
            var expected = Plain(asked[i]);
            Assert.Equal(expected, answers[i]);
            var slow = await Ledger.TotalsAsync([asked[i] with { FromEntries = true }], CancellationToken.None);
            Assert.Equal(expected, slow[0]);
            foreach (var level in Enum.GetValues<UsageLevel>())
            {
                if (Knows(level, asked[i]))
                    Assert.Equal(expected, (await Ledger.TotalsAsync([asked[i] with { Level = level }], CancellationToken.None))[0]);
            }
        }
    }

    /// <summary>True where a level's rows are split by all that is asked.</summary>
    private static bool Knows(UsageLevel level, UsageQuestion question)
    {
        var (filter, known) = (question.Filter, UsageLevels.Keys(level));
        if (level is not (UsageLevel.Months or UsageLevel.TenantMonths))
            known |= UsageGroups.Day;
        if (level is UsageLevel.Hours or UsageLevel.TenantHours)
            known |= UsageGroups.Hour;
        return (question.Groups & ~known) == UsageGroups.None && (filter.Tenant is null || known.HasFlag(UsageGroups.Tenant))
            && (filter.Model is null || known.HasFlag(UsageGroups.Model)) && (filter.User is null || known.HasFlag(UsageGroups.User))
            && (filter.Project is null || known.HasFlag(UsageGroups.Project));
    }

    private UsageQuestion Question() => new(
        new LedgerFilter(
            _some.Next(2) == 0 ? null : "acme", _some.Next(4) == 0 ? _some.Pick(["ann", ""]) : null, _some.Next(5) == 0 ? "alpha" : null, _some.Next(4) == 0 ? "gpt-4o" : null,
            _some.Next(3) == 0 ? null : Bound(), _some.Next(3) == 0 ? null : Bound()),
        (UsageGroups)_some.Next(256)) { OnlyCorrections = _some.Next(5) == 0 };

    private DateTimeOffset Bound()
    {
        var at = Now.AddSeconds(-_some.Next(110 * 86_400));
        return _some.Next(5) switch
        {
            0 => new DateTimeOffset(at.Year, at.Month, 1, 0, 0, 0, TimeSpan.Zero),
            1 => new DateTimeOffset(at.Date, TimeSpan.Zero),
            2 => new DateTimeOffset(at.Date, TimeSpan.Zero).AddHours(at.Hour),
            3 => _some.Pick([.. _booked.Values]).SettledAt,
            _ => at,
        };
    }

    /// <summary>The totals as one would add them up by hand.</summary>
    private List<UsageTotal> Plain(UsageQuestion question)
    {
        var (filter, groups) = (question.Filter, question.Groups);
        return
        [
            .. _booked.Values
                .Where(entry => (filter.Tenant ?? entry.Tenant) == entry.Tenant && (filter.Model ?? entry.Model) == entry.Model
                    && (filter.User is null || filter.User == entry.User) && (filter.Project is null || filter.Project == entry.Project)
                    && (filter.From is null || entry.SettledAt >= filter.From) && (filter.To is null || entry.SettledAt < filter.To)
                    && (!question.OnlyCorrections || entry.Adjusts is not null))
                .GroupBy(entry => (
                    Tenant: Of(UsageGroups.Tenant, entry.Tenant), User: Of(UsageGroups.User, entry.User), Project: Of(UsageGroups.Project, entry.Project),
                    Key: Of(UsageGroups.Key, entry.Key), Provider: Of(UsageGroups.Provider, entry.Provider), Model: Of(UsageGroups.Model, entry.Model),
                    Day: groups.HasFlag(UsageGroups.Day) ? DateOnly.FromDateTime(entry.SettledAt.UtcDateTime) : (DateOnly?)null,
                    Hour: groups.HasFlag(UsageGroups.Hour) ? new DateTimeOffset(entry.SettledAt.Date, TimeSpan.Zero).AddHours(entry.SettledAt.Hour) : (DateTimeOffset?)null))
                .OrderBy(group => group.Key.Tenant, StringComparer.Ordinal).ThenBy(group => group.Key.User, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Project, StringComparer.Ordinal).ThenBy(group => group.Key.Key, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Provider, StringComparer.Ordinal).ThenBy(group => group.Key.Model, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Day).ThenBy(group => group.Key.Hour)
                .Select(group => new UsageTotal(
                    group.Key.Tenant, group.Key.User, group.Key.Project, group.Key.Key, group.Key.Model, group.Key.Day,
                    group.Count(entry => entry.Adjusts is null || question.OnlyCorrections), group.Aggregate(default(Usage), (sum, entry) => sum + entry.Usage),
                    Sum(group, entry => entry.Cost), Sum(group, entry => entry.Charged), Sum(group, entry => entry.Overrun))
                {
                    Provider = group.Key.Provider,
                    Hour = group.Key.Hour,
                    Reserved = Sum(group, entry => entry.Reserved),
                    Overruns = group.Count(entry => entry.Overrun > NanoUsd.Zero),
                }),
        ];

        string? Of(UsageGroups group, string? value) => groups.HasFlag(group) ? value : null;
    }

    private static NanoUsd Sum(IEnumerable<LedgerEntry> entries, Func<LedgerEntry, NanoUsd> amount) => new(entries.Sum(entry => amount(entry).Value));
}
