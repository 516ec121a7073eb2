namespace BudgetProxy.OpenApi.Calls;

/// <summary>What has to do with Stripe beside the export itself.</summary>
internal static class StripeCalls
{
    public static readonly Dictionary<string, CallText> All = new(StringComparer.Ordinal)
    {
        ["GET /exports/stripe/rejects"] = new(
            "listStripeRejects", "Usage that Stripe took and then threw away, as it told by webhook, newest first.", null, "rejects.tenant", "rejects.meter", "since", "limit", "after"),
        ["POST /exports/stripe/buckets/{id}/resend"] = new(
            "resendStripeBucket", "Sends anew what Stripe took and does not have, once its own sums prove that, under a new identifier."),
        ["POST /exports/stripe/setup"] = new(
            "setUpStripe", "Makes or checks meter, product and price at Stripe, and links tenants to customers. A second run changes nothing.", "StripeSetup", "plan"),
    };
}
