using System.Diagnostics.Metrics;
using BudgetProxy.Hosting;

namespace BudgetProxy.Stripe;

/// <summary>What is counted of Stripe's webhooks, on the proxy's page.</summary>
public sealed class StripeMetrics
{
    private readonly Counter<long> _webhooks;
    private readonly Counter<long> _rejects;

    public StripeMetrics(ProxyMetrics metrics)
    {
        _webhooks = metrics.Meter.CreateCounter<long>("budgetproxy.stripe_webhooks", "{request}", "Requests to /webhooks/stripe, by outcome.");
        _rejects = metrics.Meter.CreateCounter<long>("budgetproxy.stripe_rejects", "{event}", "Meter events that Stripe took and threw away, by code.");
    }

    /// <param name="outcome"><c>kept</c>, <c>repeated</c>, <c>ignored</c>, <c>refused</c>, or <c>store_away</c>.</param>
    public void Webhook(string outcome) => _webhooks.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Rejected(string code, long count) => _rejects.Add(count, new KeyValuePair<string, object?>("code", code));
}
