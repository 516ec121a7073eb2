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
    private const int RaiseSize = 500;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>What was in force at the last look, and in which month that was; null = there was none. What is in force then the cuts take note of.</summary>
    private (DirectorySnapshot Snapshot, Dictionary<string, Included> Allowances, DateTimeOffset Month)? _seen;

    /// <summary>Notes what has changed since the last look: what went for the month of that look, what came for the month of now.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be used; it is noted at the next look.</exception>
    /// <exception cref="LeaseLostException">Another proxy exports now.</exception>
    public async Task LookAsync(BillingLease lease, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var snapshot = directory.Current;
        var month = Accrual.MonthOf(now);
        if (_seen is { } seen && ReferenceEquals(snapshot, seen.Snapshot))
        {
            _seen = seen with { Month = month };
            return;
        }

        var allowances = AllowancesIn(snapshot);
        var (before, monthBefore) = _seen is { } last ? (last.Allowances, last.Month) : (allowances, month);
        List<MonthAllowance> changed =
        [
            .. Without(before, allowances, monthBefore).Concat(Without(allowances, before, month))
                .GroupBy(one => (one.Tenant, one.Month, one.Kind)).Select(same => same.MaxBy(one => one.Amount)!),
        ];
        // A plan's change is one of all its tenants: in steps, so that none holds the store for long.
        foreach (var part in changed.Chunk(RaiseSize))
            await store.RaiseAsync(part, lease, cancellationToken);
        _seen = (snapshot, allowances, month);
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

    /// <summary>Those that are not the same in the others.</summary>
    private static IEnumerable<MonthAllowance> Without(Dictionary<string, Included> these, Dictionary<string, Included> others, DateTimeOffset month) =>
        these.Where(one => others.GetValueOrDefault(one.Key) != one.Value).Select(one => new MonthAllowance(one.Key, month, one.Value.Kind, one.Value.Amount));

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
