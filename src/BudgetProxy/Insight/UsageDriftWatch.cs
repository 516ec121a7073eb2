using BudgetProxy.Hosting;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Insight;

/// <summary>
/// Compares the sums that totals are read from, and bills cut from, with the entries: once a minute one table, in turn, each at a place of the last week, beside
/// the calls' path. They must agree at all times.
/// </summary>
public sealed partial class UsageDriftWatch(
    ILedger ledger, TenantDirectory directory, ProxyMetrics metrics, TimeProvider clock, ILogger<UsageDriftWatch> logger) : BackgroundService
{
    /// <summary>Days back that are compared, this one included.</summary>
    private const int Days = 7;

    /// <summary>Calls that are read from the entries at most: more would keep a disk busy for seconds.</summary>
    private const long MostCalls = 1_000_000;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Compares one table of sums. Those of a tenant's UTC day are compared with the entries, those of all tenants too, but for the hour alone; those of a tenant's
    /// month with those of its days, which have their turn themselves.
    /// </summary>
    /// <param name="at">An instant in the hour, day or month.</param>
    /// <returns>Σ of the differences in nano-dollars, calls and tokens; 0 = they agree, or there are too many calls to read.</returns>
    /// <exception cref="StoreUnavailableException">The ledger can't be read.</exception>
    internal async Task<long> MeasureAsync(UsageLevel level, string tenant, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var (own, other) = Questions(level, tenant, at);
        if (other.FromEntries && (await ledger.TotalsAsync([own], cancellationToken))[0].Sum(total => total.Requests) > MostCalls)
            return 0;
        var sums = await ledger.TotalsAsync([own, other], cancellationToken);
        var drift = Distance(sums[0], sums[1]);
        metrics.UsageDriftMeasured(drift);
        if (drift != 0)
            Log.Drifted(logger, UsageLevels.Table(level), tenant, own.Filter.From!.Value, own.Filter.To!.Value, drift);
        return drift;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var levels = Enum.GetValues<UsageLevel>();
        var turn = Random.Shared.Next(levels.Length);
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var tenants = directory.Current.Tenants.ToList();
            if (tenants.Count == 0)
                continue;
            try
            {
                var level = levels[turn++ % levels.Length];
                await MeasureAsync(level, tenants[Random.Shared.Next(tenants.Count)].Id, clock.GetUtcNow().AddHours(-Random.Shared.Next(Days * 24)), stoppingToken);
            }
            catch (StoreUnavailableException)
            {
                // Others say loudly that the store is away; the next minute compares another table.
            }
        }
    }

    /// <summary>What is asked of a table, and what must have the same answer.</summary>
    private static (UsageQuestion Own, UsageQuestion Other) Questions(UsageLevel level, string tenant, DateTimeOffset at)
    {
        const UsageGroups models = UsageGroups.Provider | UsageGroups.Model;
        var span = level is UsageLevel.TenantHours ? UsageLevel.TenantDays : level;
        var from = UsageLevels.Floor(span, at.ToUnixTimeMilliseconds());
        var filter = new LedgerFilter(
            level == UsageLevel.Hours ? null : tenant,
            From: DateTimeOffset.FromUnixTimeMilliseconds(from), To: DateTimeOffset.FromUnixTimeMilliseconds(UsageLevels.Ceiling(span, from + 1) ?? from));
        var groups = level switch
        {
            UsageLevel.TenantMonths => UsageGroups.None,
            UsageLevel.TenantHours => UsageGroups.Hour,
            _ => models,
        };
        var own = new UsageQuestion(filter, groups) { Level = level };
        return level is UsageLevel.Months or UsageLevel.TenantMonths
            ? (own, own with { Level = UsageLevel.TenantDays })
            : (own, new UsageQuestion(filter, groups, FromEntries: true));
    }

    /// <summary>How far two answers are apart; a row that only one of them has counts whole.</summary>
    private static long Distance(IReadOnlyList<UsageTotal> own, IReadOnlyList<UsageTotal> others)
    {
        var left = others.ToDictionary(Key);
        long distance = 0;
        foreach (var total in own)
        {
            left.Remove(Key(total), out var other);
            distance += Distance(total, other);
        }

        return distance + left.Values.Sum(other => Distance(other, null));
    }

    private static long Distance(UsageTotal total, UsageTotal? other) =>
        Math.Abs(total.Cost.Value - (other?.Cost.Value ?? 0)) + Math.Abs(total.Charged.Value - (other?.Charged.Value ?? 0))
        + Math.Abs(total.Requests - (other?.Requests ?? 0)) + Math.Abs(total.Usage.Total - (other?.Usage.Total ?? 0));

    private static (string? Provider, string? Model, DateTimeOffset? Hour) Key(UsageTotal total) => (total.Provider, total.Model, total.Hour);

    private static partial class Log
    {
        [LoggerMessage(
            6106, LogLevel.Error,
            "The sums in {Table} from {From} to {To} are {Drift} units away from the entries (looked at for tenant {Tenant}). The entries are right: GET /admin/v1/ledger has them.")]
        public static partial void Drifted(ILogger logger, string table, string tenant, DateTimeOffset from, DateTimeOffset to, long drift);
    }
}
