namespace BudgetProxy.Core.Tokens;

/// <summary>How an input count was reached; the estimate endpoint shows it in lower case.</summary>
public enum CountMethod
{
    /// <summary>The model's own tokenizer and published rules.</summary>
    Exact,

    /// <summary>A stand-in tokenizer with a measured safety factor.</summary>
    Calibrated,

    /// <summary>Something in the request has no rule: only an upper bound is known.</summary>
    Bound,
}
