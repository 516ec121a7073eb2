using System.Diagnostics.Metrics;
using BudgetProxy.Hosting;
using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>What the export does, on the proxy's page.</summary>
public sealed class BillingMetrics
{
    private readonly Counter<long> _sent;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _failures;
    private readonly Gauge<long> _pending;
    private readonly Gauge<long> _oldest;

    public BillingMetrics(ProxyMetrics metrics)
    {
        _sent = metrics.Meter.CreateCounter<long>("budgetproxy.billing.sent", "{event}", "Meter events that Stripe took from this proxy.");
        _duplicates = metrics.Meter.CreateCounter<long>("budgetproxy.billing.duplicates", "{event}", "Meter events that Stripe had already: repeats that did no harm.");
        _failures = metrics.Meter.CreateCounter<long>("budgetproxy.billing.failures", "{attempt}", "Attempts to send a meter event that failed, by outcome.");
        _pending = metrics.Meter.CreateGauge<long>("budgetproxy.billing.pending", "{bucket}", "Buckets that are not sent, at the last look of the proxy that exports.");
        _oldest = metrics.Meter.CreateGauge<long>("budgetproxy.billing.oldest_seconds", "s", "Age of the oldest bucket that is not sent, at the last look of the proxy that exports.");
    }

    internal void Sent(StripeOutcome outcome, string meter)
    {
        var name = new KeyValuePair<string, object?>("meter", meter);
        if (outcome == StripeOutcome.Done)
            _sent.Add(1, name);
        else if (outcome == StripeOutcome.Duplicate)
            _duplicates.Add(1, name);
        else
            _failures.Add(1, name, new KeyValuePair<string, object?>("outcome", outcome.ToString().ToLowerInvariant()));
    }

    /// <param name="oldest">Of the oldest; zero = there is none.</param>
    internal void Waiting(long buckets, TimeSpan oldest)
    {
        _pending.Record(buckets);
        _oldest.Record((long)oldest.TotalSeconds);
    }
}
