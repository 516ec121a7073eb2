namespace BudgetProxy.Billing;

/// <summary>What one pass over all tenants' buckets came to.</summary>
/// <param name="Tried">Buckets that were tried, or compared.</param>
/// <param name="Ended">Of those, buckets that are sent now, or dead: the next of their tenants may go.</param>
/// <param name="NextAt">When the first that waits is due; null = none waits for a time.</param>
internal readonly record struct SendPass(int Tried, int Ended, DateTimeOffset? NextAt);
