using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>What under a tenant's id waits to be billed.</summary>
/// <param name="Hours">Hours that have changed since they were last cut.</param>
/// <param name="Charged">What those hours come to, what was cut of them before in it.</param>
/// <param name="Buckets">Those that are neither sent nor given up.</param>
/// <param name="Customer">The customer that the tenant was linked to when it was last cut; null or empty = none.</param>
/// <param name="SentFor">Customers that any of the buckets were sent for.</param>
public sealed record UsageLeft(
    string Tenant, long Hours, NanoUsd Charged, IReadOnlyList<OpenSum> Buckets, string? Customer, IReadOnlyList<string> SentFor);
