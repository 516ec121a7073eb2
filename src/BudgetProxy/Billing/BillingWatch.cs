using BudgetProxy.Alerts;
using BudgetProxy.Core.Money;
using BudgetProxy.Tenants;

namespace BudgetProxy.Billing;

/// <summary>Looks at what is not sent, for the metrics page, and rings where a person is needed.</summary>
public sealed class BillingWatch(BillingDesk desk, TenantDirectory directory, BillingMetrics metrics, AlertParties alerts, TimeProvider clock)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MostBehind = TimeSpan.FromHours(6);
    private static readonly TimeSpan Repeat = TimeSpan.FromDays(1);

    /// <summary>A look takes at most this part of the time, however much waits.</summary>
    private const int Share = 20;

    private DateTimeOffset _next = DateTimeOffset.MinValue;

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now < _next)
            return;
        var begun = clock.GetTimestamp();
        var open = (await desk.Store.OpenAsync(cancellationToken)).Where(sum => sum.State is not BucketState.WrittenOff).ToList();
        var snapshot = directory.Current;
        var waiting = open.Where(sum => sum.State != BucketState.Dead).ToList();
        metrics.Waiting(waiting.Sum(sum => sum.Buckets), waiting.Count == 0 ? TimeSpan.Zero : now - waiting.Min(sum => sum.Oldest));
        await alerts.Raiser.RaiseAsync(await FindAsync(open, snapshot, now, cancellationToken), cancellationToken);
        var took = clock.GetElapsedTime(begun) * Share;
        _next = now + (took > Period ? took : Period);
    }

    private async Task<List<AlertCandidate>> FindAsync(List<OpenSum> open, DirectorySnapshot snapshot, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = new List<AlertCandidate>();
        if ((await desk.Store.StateAsync(cancellationToken)).Stopped is { } stopped)
            found.Add(Blocked(null, stopped.Text, open, now, "stopped"));
        // One for each cause, and not for each of a thousand tenants.
        foreach (var cause in open.Where(sum => sum.State is BucketState.Parked or BucketState.Dead).GroupBy(sum => (sum.State, sum.Cause)))
        {
            var tenants = cause.Select(sum => sum.Tenant).Distinct(StringComparer.Ordinal).ToList();
            found.Add(Blocked(
                tenants.Count == 1 ? tenants[0] : null, $"{tenants.Count} {(tenants.Count == 1 ? "tenant" : "tenants")}, {tenants[0]} first: {cause.First().Error}", [.. cause], now,
                $"{cause.Key.State}/{cause.Key.Cause}"));
        }

        // A tenant that is not linked waits for that, and is shown where exports are.
        var behind = open.Where(sum => sum.State is BucketState.Pending or BucketState.Sending or BucketState.Unknown && now - sum.Oldest > MostBehind
            && BillingTerms.Of(snapshot, sum.Tenant) is { Exists: true, Customer: not null }).ToList();
        if (behind.Count > 0)
        {
            var (oldest, buckets, amount) = (behind.Min(sum => sum.Oldest), behind.Sum(sum => sum.Buckets), Amount(behind));
            found.Add(new AlertCandidate(alerts.Bodies.BillingBehind(oldest, buckets, amount), AlertMark.Of(AlertKinds.BillingBehind, now + Repeat)));
        }

        return found;
    }

    private AlertCandidate Blocked(string? tenant, string reason, List<OpenSum> sums, DateTimeOffset now, string cause) => new(
        alerts.Bodies.BillingBlocked(tenant, reason, sums.Sum(sum => sum.Buckets), Amount(sums)), AlertMark.Of(AlertKinds.BillingBlocked, now + Repeat, cause));

    private static NanoUsd Amount(List<OpenSum> sums) => NanoUsd.Sum(sums.Select(sum => sum.Amount));
}
