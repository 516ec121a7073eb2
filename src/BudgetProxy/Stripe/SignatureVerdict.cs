namespace BudgetProxy.Stripe;

/// <summary>What a signature is worth.</summary>
public enum SignatureVerdict
{
    Valid,

    /// <summary>There is no header, or more than one.</summary>
    Missing,

    /// <summary>The header has not the form.</summary>
    Malformed,

    /// <summary>Signed too long ago, or in the future.</summary>
    OutOfTime,

    /// <summary>No secret makes any of its signatures.</summary>
    Wrong,
}
