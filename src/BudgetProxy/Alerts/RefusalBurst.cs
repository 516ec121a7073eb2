namespace BudgetProxy.Alerts;

/// <summary>Refusals out of the ordinary.</summary>
/// <param name="Tenant">Null = callers that showed no valid key.</param>
/// <param name="Count">In the present minute, at this proxy.</param>
/// <param name="Usual">The mean of a minute before, rounded.</param>
public sealed record RefusalBurst(string? Tenant, string Code, int Count, long Usual);
