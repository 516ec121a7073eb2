namespace BudgetProxy.Billing;

/// <summary>How far a bucket is on its way to Stripe. The names stand in rows, so they are never changed.</summary>
public enum BucketState
{
    /// <summary>Never sent, or refused for certain.</summary>
    Pending,

    /// <summary>On its way: it may have arrived.</summary>
    Sending,

    /// <summary>Stripe has it, by its own word; or there was nothing to send, the value being zero.</summary>
    Sent,

    /// <summary>Stripe's own sums have it too.</summary>
    Verified,

    /// <summary>It may have arrived, and no answer said so. Sent again under the same identifier, or compared with Stripe's sums when too much time has passed.</summary>
    Unknown,

    /// <summary>Refused for what an operator can mend; tried again once that has changed.</summary>
    Parked,

    /// <summary>Refused for what is wrong with the bucket itself; nothing but an operator's retry sends it.</summary>
    Dead,

    /// <summary>Given up on purpose by an admin.</summary>
    WrittenOff,
}
