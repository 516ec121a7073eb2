namespace BudgetProxy.Billing;

/// <summary>What a cut of a tenant goes by.</summary>
/// <param name="Cuts">How often it was cut.</param>
/// <param name="Customer">The last customer that it was linked to; null = none.</param>
/// <param name="Totals">Of each meter that it has buckets of.</param>
public sealed record CutBase(string Tenant, long Cuts, string? Customer, IReadOnlyList<MeterTotal> Totals);
