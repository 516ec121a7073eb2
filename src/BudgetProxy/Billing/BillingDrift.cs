using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using BudgetProxy.Hosting;

namespace BudgetProxy.Billing;

/// <summary>How far Stripe's sums are from ours, as they were seen last, on the proxy's page. Safe for concurrent use.</summary>
public sealed class BillingDrift
{
    private readonly ConcurrentDictionary<(string Customer, string Meter, DateTimeOffset Day), decimal> _seen = new();
    private readonly Gauge<long> _gauge;
    private readonly TimeProvider _clock;

    public BillingDrift(ProxyMetrics metrics, TimeProvider clock)
    {
        _clock = clock;
        _gauge = metrics.Meter.CreateGauge<long>("budgetproxy.stripe.drift_micro_usd", "{micro_usd}", "Sum of the differences, whatever their signs, between what was sent and what Stripe has, by customer and day as last seen by this proxy. It must be 0.");
        _gauge.Record(0);
    }

    /// <summary>The sum of the differences, whatever their signs.</summary>
    public decimal Total => _seen.Values.Sum(Math.Abs);

    /// <param name="drift">What Stripe has more than was sent. Of a day that has just ended, or has not, it counts for nothing: Stripe adds up late.</param>
    internal void Note(string customer, string meter, DateTimeOffset day, decimal drift)
    {
        if (drift != 0 && _clock.GetUtcNow() < day.AddDays(1) + ReconciliationSpan.Lag)
            return;
        if (drift == 0)
            _seen.TryRemove((customer, meter, day), out _);
        else
            _seen[(customer, meter, day)] = drift;
        // What nobody looks at any more does not stand for ever.
        var oldest = _clock.GetUtcNow().AddDays(-ReconciliationSpan.MostDays);
        foreach (var key in _seen.Keys)
        {
            if (key.Day < oldest)
                _seen.TryRemove(key, out _);
        }

        _gauge.Record((long)Math.Min(Math.Ceiling(Total), long.MaxValue));
    }
}
