namespace BudgetProxy.Billing;

/// <summary>What a parked bucket waits for. The names stand in rows, so they are never changed.</summary>
public enum ParkCause
{
    /// <summary>Stripe does not know the customer: make it, or link the tenant to another.</summary>
    Customer,

    /// <summary>Stripe has no active meter of this event name.</summary>
    Meter,

    /// <summary>Another refusal, which the error tells.</summary>
    Refused,

    /// <summary>Stripe's sums fit neither with the bucket in them nor without: a person must look.</summary>
    Drift,

    /// <summary>Of a dead one: Stripe took it and threw it away afterwards. It has a new identifier, under which a retry sends it.</summary>
    Rejected,
}
