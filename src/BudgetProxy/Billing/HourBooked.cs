using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>What of a tenant's hour on a meter was cut already.</summary>
/// <param name="Buckets">How many buckets it has: the number of the next.</param>
/// <param name="Amount">Of the buckets.</param>
/// <param name="Value">Likewise.</param>
public sealed record HourBooked(string Tenant, string Meter, DateTimeOffset Hour, int Buckets, NanoUsd Amount, long Value);
