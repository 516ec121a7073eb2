using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>All buckets of a tenant and meter summed: exactly what their values are the running floor of.</summary>
/// <param name="Amount">Nano-dollars; zero for a meter of units.</param>
/// <param name="Value">Σ of the values.</param>
/// <param name="Buckets">How many they are.</param>
public sealed record MeterTotal(string Tenant, string Meter, NanoUsd Amount, long Value, long Buckets);
