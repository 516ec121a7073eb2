using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Billing;

/// <summary>
/// Takes note of allowances when they change, so that the highest that was in force in a month holds for it: also one that came after the month's last cut, or went
/// before its first. At the proxy that exports, beside what it does.
/// </summary>
public sealed partial class AllowanceWatch(IAccrualStore store, TenantDirectory directory, BillingLeases leases, TimeProvider clock, ILogger<AllowanceWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>What was in force at the last look; null = there was none. What is in force then the cuts take note of.</summary>
    private (DirectorySnapshot Snapshot, Dictionary<string, Included> Allowances)? _seen;

    /// <summary>Notes what has changed since the last look, for the month of now.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be used; it is noted at the next look.</exception>
    /// <exception cref="LeaseLostException">Another proxy exports now.</exception>
    public async Task LookAsync(BillingLease lease, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var snapshot = directory.Current;
        if (ReferenceEquals(snapshot, _seen?.Snapshot))
            return;
        var allowances = AllowancesIn(snapshot);
        var before = _seen?.Allowances ?? allowances;
        var month = Accrual.MonthOf(now);
        List<MonthAllowance> changed =
        [
            .. before.Where(one => allowances.GetValueOrDefault(one.Key) != one.Value).Concat(allowances.Where(one => before.GetValueOrDefault(one.Key) != one.Value))
                .Select(one => new MonthAllowance(one.Key, month, one.Value.Kind, one.Value.Amount))
                .GroupBy(one => (one.Tenant, one.Kind)).Select(same => same.MaxBy(one => one.Amount)!),
        ];
        if (changed.Count > 0)
            await store.RaiseAsync(changed, lease, cancellationToken);
        _seen = (snapshot, allowances);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (leases.Current is { } lease)
                    await LookAsync(lease, clock.GetUtcNow(), stoppingToken);
                else
                    _seen = null;
            }
            catch (Exception passing) when (passing is StoreUnavailableException or LeaseLostException)
            {
                // Others say it loudly; it is looked at again.
            }
            catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
            {
                Log.Unforeseen(logger, unforeseen);
            }
        }
    }

    private static Dictionary<string, Included> AllowancesIn(DirectorySnapshot snapshot)
    {
        var allowances = new Dictionary<string, Included>(StringComparer.Ordinal);
        if (!snapshot.Plans.Any(plan => plan.Included is not null))
            return allowances;
        foreach (var tenant in snapshot.Tenants)
        {
            if (tenant.Terms?.Included is { } included)
                allowances[tenant.Id] = included;
        }

        return allowances;
    }

    private static partial class Log
    {
        [LoggerMessage(8304, LogLevel.Error, "An allowance that has changed could not be noted; it is tried again.")]
        public static partial void Unforeseen(ILogger logger, Exception exception);
    }
}
