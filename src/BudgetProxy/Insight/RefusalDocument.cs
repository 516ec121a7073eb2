namespace BudgetProxy.Insight;

/// <summary>Why calls were refused over the days that were asked for.</summary>
/// <param name="Budget">Null = no budget refused.</param>
/// <param name="Tenant">Null = the key named no tenant, or there were more tenants than are counted apart.</param>
/// <param name="Model">Null = the call had come to none, or there were more than are counted apart.</param>
public sealed record RefusalDocument(string Code, string? Budget, string? Tenant, long Count, string LastAt, string? Model);
