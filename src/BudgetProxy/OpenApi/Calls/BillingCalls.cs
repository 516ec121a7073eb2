namespace BudgetProxy.OpenApi.Calls;

/// <summary>Usage on its way to Stripe.</summary>
internal static class BillingCalls
{
    public static readonly Dictionary<string, CallText> All = new(StringComparer.Ordinal)
    {
        ["GET /exports/stripe"] = new("getStripeExport", "How far the export to Stripe is: what is sent, what waits and for what, and what to do."),
        ["POST /exports/stripe"] = new("runStripeExport", "Cuts all usage up to now and sends it before it answers; after 60 seconds it answers how far it is."),
        ["GET /exports/stripe/buckets"] = new(
            "listStripeBuckets", "Slices of usage, each of which is one meter event.", null, "tenant", "meter", "bucket.state", "bucket.from", "bucket.to", "bucket.by", "limit",
            "after"),
        ["GET /exports/stripe/reconciliation"] = new(
            "reconcileStripe", "Ledger, buckets and Stripe's own sums by customer and day, and where they differ the buckets that explain it.", null, "tenant",
            "reconciliation.from", "reconciliation.to", "reconciliation.limit", "after"),
        ["POST /exports/stripe/buckets/{id}/retry"] = new("retryStripeBucket", "Lets one that is parked, dead or unknown be tried again. What may have arrived is compared first, but for what Stripe said it threw away: that goes at once, under a new identifier."),
        ["POST /exports/stripe/tenants/{tenant}/write-off"] = new(
            "writeOffTenant", "Gives up for good what of a tenant was never sent. What may have arrived at Stripe stays.", "WriteOff"),
    };
}
