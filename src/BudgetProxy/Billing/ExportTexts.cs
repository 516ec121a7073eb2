namespace BudgetProxy.Billing;

/// <summary>What people are told to do.</summary>
internal static class ExportTexts
{
    public static string? ToDo(BucketState state, ParkCause? cause) => (state, cause) switch
    {
        (BucketState.Parked, ParkCause.Customer) =>
            "Stripe has no such customer: make it there, or set the tenant's stripeCustomerId right. It is tried again when the link changes, every hour, and by POST /exports/stripe.",
        (BucketState.Parked, ParkCause.Meter) =>
            "Stripe has no active meter of this event name: make or reactivate it (budgetproxy stripe setup), or set BudgetProxy__Stripe__MeterEventName right. It is tried again every 5 minutes.",
        (BucketState.Parked, ParkCause.Drift) =>
            "Whether it arrived can't be told from Stripe's sums: look at the customer's meter events in Stripe's dashboard, then retry or write off.",
        (BucketState.Dead, ParkCause.Rejected) =>
            "Stripe took it and threw it away afterwards; the error says why. Mend that, then retry it: it goes out under a new identifier. Or write it off.",
        (BucketState.Parked, _) => "Stripe refused it; the error says why. It is tried again by itself, and by POST /exports/stripe.",
        (BucketState.Dead, _) => "Stripe does not take this value, and a repeat will not help: add it to an invoice by hand and write it off.",
        _ => null,
    };
}
