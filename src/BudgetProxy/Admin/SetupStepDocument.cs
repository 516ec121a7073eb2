using BudgetProxy.Stripe;

namespace BudgetProxy.Admin;

/// <summary>One thing that a setup of Stripe looked at.</summary>
/// <param name="Kind"><c>account</c>, <c>meter</c>, <c>product</c>, <c>price</c> or <c>customer</c>.</param>
/// <param name="Name">Event name, lookup key, or the tenant's id.</param>
/// <param name="Outcome"><c>kept</c>, <c>create</c>, <c>created</c>, <c>link</c>, <c>linked</c>, <c>differs</c> or <c>failed</c>.</param>
/// <param name="Id">Stripe's; null = there is none yet.</param>
/// <param name="Detail">What differs, or why it failed, and what to do.</param>
public sealed record SetupStepDocument(string Kind, string Name, string Outcome, string? Id, string? Detail)
{
    internal static SetupStepDocument Of(SetupStep step) => new(step.Kind, step.Name, Names.Of(step.Outcome), step.Id, step.Detail);
}
