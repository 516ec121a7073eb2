using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>The buckets of a tenant and meter that are not sent, of one state and cause, summed.</summary>
/// <param name="Oldest">When the first of them was cut.</param>
/// <param name="Error">One of their errors; null = none has any.</param>
public sealed record OpenSum(
    string Tenant, string Meter, BucketState State, ParkCause? Cause, long Buckets, NanoUsd Amount, long Value, DateTimeOffset Oldest, string? Error);
