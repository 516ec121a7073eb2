using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>The buckets of a tenant, meter and UTC day, summed. Ordered by tenant, meter and day.</summary>
/// <param name="Day">Its first instant.</param>
/// <param name="Amount">Of all of them, to the nano-dollar.</param>
/// <param name="Sent">Value of those that Stripe has: sent and verified.</param>
/// <param name="Others">Value of all others, also of those that were written off.</param>
/// <param name="Buckets">How many they are.</param>
public sealed record BucketSum(string Tenant, string Meter, DateTimeOffset Day, NanoUsd Amount, long Sent, long Others, long Buckets);
