namespace BudgetProxy.Billing;

/// <summary>What of a tenant waits.</summary>
/// <param name="Usd">To the nano-dollar.</param>
/// <param name="Cause">What it waits for; null = a link to a Stripe customer.</param>
/// <param name="Error">What Stripe said.</param>
public sealed record WaitingDocument(string Tenant, string Meter, long Buckets, string Usd, string Since, string? Cause, string? Error, string ToDo);
