namespace BudgetProxy.Stripe;

/// <summary>One thing that a setup looked at.</summary>
/// <param name="Kind"><c>account</c>, <c>meter</c>, <c>product</c>, <c>price</c> or <c>customer</c>.</param>
/// <param name="Name">Event name, lookup key, or the tenant's id.</param>
/// <param name="Id">Stripe's; null = there is none yet.</param>
/// <param name="Detail">What differs, or why it failed, and what to do; null = nothing to say.</param>
public sealed record SetupStep(string Kind, string Name, SetupOutcome Outcome, string? Id, string? Detail = null)
{
    public bool IsWrong => Outcome is SetupOutcome.Differs or SetupOutcome.Failed;

    /// <summary>True: something is other than before, or would be.</summary>
    public bool IsChange => Outcome is SetupOutcome.Create or SetupOutcome.Created or SetupOutcome.Link or SetupOutcome.Linked;
}
