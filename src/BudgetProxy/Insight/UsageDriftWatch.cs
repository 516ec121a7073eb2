using BudgetProxy.Hosting;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Insight;

/// <summary>Compares the sums that totals are read from with the entries, a tenant's day once a minute, beside the calls' path: they must agree at all times.</summary>
public sealed partial class UsageDriftWatch(
    ILedger ledger, TenantDirectory directory, ProxyMetrics metrics, TimeProvider clock, ILogger<UsageDriftWatch> logger) : BackgroundService
{
    /// <summary>Days back that are compared, this one included.</summary>
    private const int Days = 7;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Σ of the differences of a tenant's UTC day, in nano-dollars, calls and tokens; 0 = they agree.</summary>
    /// <exception cref="StoreUnavailableException">The ledger can't be read.</exception>
    public async Task<long> MeasureAsync(string tenant, DateTimeOffset day, CancellationToken cancellationToken)
    {
        var question = new UsageQuestion(new LedgerFilter(tenant, From: day, To: day.AddDays(1)), UsageGroups.Provider | UsageGroups.Model);
        var sums = await ledger.TotalsAsync([question, question with { FromEntries = true }], cancellationToken);
        var drift = Distance(sums[0], sums[1]) + Distance(sums[1], sums[0]);
        metrics.UsageDriftMeasured(drift);
        if (drift != 0)
            Log.Drifted(logger, tenant, day, drift);
        return drift;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var tenants = directory.Current.Tenants.ToList();
            if (tenants.Count == 0)
                continue;
            try
            {
                var today = new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
                await MeasureAsync(tenants[Random.Shared.Next(tenants.Count)].Id, today.AddDays(-Random.Shared.Next(Days)), stoppingToken);
            }
            catch (StoreUnavailableException)
            {
                // Others say loudly that the store is away; the next minute compares another day.
            }
        }
    }

    /// <summary>What is in the one and not, or otherwise, in the other.</summary>
    private static long Distance(IReadOnlyList<UsageTotal> own, IReadOnlyList<UsageTotal> others)
    {
        long distance = 0;
        foreach (var total in own)
        {
            var other = others.FirstOrDefault(sum => sum.Provider == total.Provider && sum.Model == total.Model);
            distance += Math.Abs(total.Cost.Value - (other?.Cost.Value ?? 0)) + Math.Abs(total.Charged.Value - (other?.Charged.Value ?? 0))
                + Math.Abs(total.Requests - (other?.Requests ?? 0)) + Math.Abs(total.Usage.Total - (other?.Usage.Total ?? 0));
        }

        return distance;
    }

    private static partial class Log
    {
        [LoggerMessage(6106, LogLevel.Error, "The sums of {Tenant} on {Day} are {Drift} units away from the entries. The entries are right: GET /admin/v1/ledger has them.")]
        public static partial void Drifted(ILogger logger, string tenant, DateTimeOffset day, long drift);
    }
}
