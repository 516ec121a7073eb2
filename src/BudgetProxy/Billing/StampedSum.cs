namespace BudgetProxy.Billing;

/// <summary>What the buckets of a tenant, meter and customer come to that are stamped on a UTC day, those that were written off left out.</summary>
/// <param name="Customer">The Stripe customer that they were sent for; null = none of them was sent yet.</param>
/// <param name="Day">Its first instant. What has no stamp yet is on the day of its hour.</param>
/// <param name="Sent">Value of those that Stripe has: sent and verified.</param>
/// <param name="Waiting">Value of all others.</param>
public sealed record StampedSum(string Tenant, string Meter, string? Customer, DateTimeOffset Day, long Sent, long Waiting);
