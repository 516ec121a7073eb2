namespace BudgetProxy.Dashboard.Answers;

/// <summary>What of a tenant waits, and for what.</summary>
public sealed record StripeWaitingView(string Tenant, string Meter, long Buckets, decimal Usd, DateTimeOffset Since, string? Cause, string? Error, string ToDo);
