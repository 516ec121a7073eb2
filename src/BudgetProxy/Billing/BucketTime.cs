namespace BudgetProxy.Billing;

/// <summary>By which of its times a bucket is looked for.</summary>
public enum BucketTime
{
    /// <summary>The hour in which its usage was settled: what the ledger goes by.</summary>
    Hour,

    /// <summary>The event's timestamp, which Stripe goes by; the hour while it has none.</summary>
    Stamp,
}
