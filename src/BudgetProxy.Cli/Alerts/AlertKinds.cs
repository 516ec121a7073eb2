namespace BudgetProxy.Cli.Alerts;

/// <summary>What there is to be told of, for completion; the proxy decides which names it knows.</summary>
internal static class AlertKinds
{
    public static string[] All { get; } =
        ["budget.threshold", "refusals.burst", "spend.velocity", "model.unpriced", "store.outage", "store.recovered", "rates.stale", "billing.blocked", "billing.behind", "billing.drift"];
}
