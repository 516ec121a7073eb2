namespace BudgetProxy.Stripe;

/// <summary>A reply with what was asked for.</summary>
/// <param name="Value">There where the reply is <see cref="StripeOutcome.Done"/>, else null.</param>
public sealed record StripeAnswer<T>(StripeReply Reply, T? Value)
    where T : class;
