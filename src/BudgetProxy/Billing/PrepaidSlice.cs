using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>A part of a tenant's hour that is not billed, since its plan is prepaid.</summary>
public sealed record PrepaidSlice(string Tenant, string Meter, DateTimeOffset Hour, NanoUsd Amount, long Value);
