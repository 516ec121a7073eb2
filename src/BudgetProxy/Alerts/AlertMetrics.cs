using System.Diagnostics.Metrics;
using BudgetProxy.Hosting;

namespace BudgetProxy.Alerts;

/// <summary>What alerts count of themselves, on the proxy's page.</summary>
public sealed class AlertMetrics
{
    private readonly Counter<long> _raised;
    private readonly Counter<long> _attempts;
    private readonly Gauge<long> _backlog;

    public AlertMetrics(ProxyMetrics metrics)
    {
        _raised = metrics.Meter.CreateCounter<long>("budgetproxy.alerts.raised", "{alert}", "Alerts that this proxy raised, by kind.");
        _attempts = metrics.Meter.CreateCounter<long>("budgetproxy.alert_attempts", "{attempt}", "Attempts to tell of an alert, by outcome.");
        _backlog = metrics.Meter.CreateGauge<long>("budgetproxy.alert_backlog", "{delivery}", "Deliveries of alerts that wait, of all proxies, at the last look.");
    }

    public void Raised(string kind) => _raised.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <param name="outcome"><c>delivered</c>, <c>retried</c> later, or <c>failed</c> for good.</param>
    public void Attempted(string outcome) => _attempts.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Waiting(long deliveries) => _backlog.Record(deliveries);
}
