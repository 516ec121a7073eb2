using BudgetProxy.Billing;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using BudgetProxy.Tenants;

namespace BudgetProxy.Statements;

/// <summary>Makes statements from the ledger's sums. A deleted tenant has its statements still.</summary>
public sealed class StatementReader(ILedger ledger, TenantDirectory directory, BilledMonths billed, TimeProvider clock)
{
    private const UsageGroups Models = UsageGroups.Provider | UsageGroups.Model;

    /// <returns>Null where there is no such tenant and never was one that used anything.</returns>
    /// <exception cref="Reservations.StoreUnavailableException">The ledger can't be read.</exception>
    public async Task<Statement?> ReadAsync(string tenant, StatementMonth month, CancellationToken cancellationToken)
    {
        var filter = new LedgerFilter(tenant, From: month.From, To: month.To);
        var madeAt = clock.GetUtcNow();
        var known = directory.Current.FindTenant(tenant);
        List<UsageQuestion> questions =
        [
            new(filter, UsageGroups.None), new(filter, Models), new(filter, UsageGroups.User), new(filter, UsageGroups.Project),
            new(filter, Models | UsageGroups.User | UsageGroups.Project | UsageGroups.Hour) { OnlyCorrections = true },
            new(filter with { Prepaid = false }, UsageGroups.Hour), new(filter with { Prepaid = true }, UsageGroups.Hour),
        ];
        if (known is null)
            questions.Add(new UsageQuestion(new LedgerFilter(tenant), UsageGroups.None));
        var answers = await ledger.TotalsAsync(questions, cancellationToken);
        if (known is null && answers[^1].Count == 0)
            return null;

        var corrections = answers[4];
        return new Statement
        {
            Tenant = tenant,
            Name = known?.Name,
            Month = month,
            MadeAt = madeAt,
            Total = answers[0].Count == 0 ? StatementSums.None : Sums(answers[0][0], Count(corrections)),
            Corrections = Sum(corrections),
            Models = Lines(answers[1], corrections, total => (total.Provider, total.Model)),
            Users = Lines(answers[2], corrections, total => (null, total.User)),
            Projects = Lines(answers[3], corrections, total => (null, total.Project)),
            Billing = await billed.ReadAsync(tenant, month.From, Hours(tenant, answers[5], corrections), ChargedOf(answers[6]), cancellationToken),
        };
    }

    /// <summary>The months in which a tenant used anything, newest first, each with its sums; corrections are in those, and not counted apart.</summary>
    /// <returns>Null where there is no such tenant and never was one that used anything.</returns>
    /// <exception cref="Reservations.StoreUnavailableException">The ledger can't be read.</exception>
    public async Task<IReadOnlyList<(StatementMonth Month, StatementSums Sums)>?> MonthsAsync(string tenant, CancellationToken cancellationToken)
    {
        var days = await ledger.TotalsAsync(new LedgerFilter(tenant), UsageGroups.Day, cancellationToken);
        if (days.Count == 0 && directory.Current.FindTenant(tenant) is null)
            return null;
        return
        [
            .. days.GroupBy(day => new StatementMonth(day.Day!.Value.Year, day.Day.Value.Month))
                .Select(month => (month.Key, month.Aggregate(StatementSums.None, (sum, day) => StatementSums.Add(sum, Sums(day, 0)))))
                .OrderByDescending(month => month.Key.From),
        ];
    }

    /// <summary>Whether there is such a tenant, or was one that used something.</summary>
    /// <exception cref="Reservations.StoreUnavailableException">The ledger can't be read.</exception>
    public async Task<bool> IsKnownAsync(string tenant, CancellationToken cancellationToken) =>
        directory.Current.FindTenant(tenant) is not null
        || (await ledger.TotalsAsync(new LedgerFilter(tenant), UsageGroups.None, cancellationToken)).Count > 0;

    /// <summary>A month's entries in settling order, streamed; those that are booked meanwhile may be missed.</summary>
    public IAsyncEnumerable<LedgerEntry> Entries(string tenant, StatementMonth month, CancellationToken cancellationToken) =>
        ledger.StreamAsync(new LedgerFilter(tenant, From: month.From, To: month.To), cancellationToken);

    private static NanoUsd ChargedOf(IReadOnlyList<UsageTotal> totals) => totals.Aggregate(NanoUsd.Zero, (sum, total) => NanoUsd.Cut((Int128)sum.Value + total.Charged.Value));

    /// <summary>The hours as billing goes by them, of the same state of the ledger as all else.</summary>
    private static List<Accrual> Hours(string tenant, IReadOnlyList<UsageTotal> hours, IReadOnlyList<UsageTotal> corrections)
    {
        var corrected = corrections.Select(total => total.Hour).ToHashSet();
        return [.. hours.Select(hour => new Accrual(tenant, hour.Hour!.Value, hour.Requests, hour.Usage.Total, hour.Cost, hour.Charged, corrected.Contains(hour.Hour)))];
    }

    private static List<StatementLine> Lines(
        IReadOnlyList<UsageTotal> totals, IReadOnlyList<UsageTotal> corrections, Func<UsageTotal, (string? Provider, string? Name)> key)
    {
        var corrected = new Dictionary<(string?, string?), long>();
        foreach (var total in corrections)
            corrected[key(total)] = corrected.GetValueOrDefault(key(total)) + total.Requests;
        return
        [
            .. totals.Select(total => new StatementLine(key(total).Provider, key(total).Name, Sums(total, corrected.GetValueOrDefault(key(total)))))
                .OrderByDescending(line => line.Sums.Charged).ThenBy(line => line.Provider, StringComparer.Ordinal).ThenBy(line => line.Name, StringComparer.Ordinal),
        ];
    }

    private static StatementSums Sum(IReadOnlyList<UsageTotal> corrections) =>
        corrections.Aggregate(StatementSums.None, (sum, total) => StatementSums.Add(sum, Sums(total, total.Requests) with { Calls = 0 }));

    private static StatementSums Sums(UsageTotal total, long corrections) => new(total.Requests, corrections, total.Usage, total.Cost, total.Charged);

    private static long Count(IReadOnlyList<UsageTotal> corrections) => corrections.Sum(total => total.Requests);
}
