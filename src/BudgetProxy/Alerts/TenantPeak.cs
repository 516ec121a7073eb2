using BudgetProxy.Core.Money;

namespace BudgetProxy.Alerts;

/// <summary>The most that a tenant spent in five minutes of a UTC day.</summary>
/// <param name="Day">Days since 1970-01-01.</param>
/// <param name="Since">When the tenant was first seen to spend on that day.</param>
public sealed record TenantPeak(string Tenant, int Day, NanoUsd Peak, DateTimeOffset Since);
