namespace BudgetProxy.Insight;

/// <summary>How often calls were refused in one hour for one reason.</summary>
/// <param name="Hour">The hour's first instant, UTC.</param>
/// <param name="Tenant">Empty = nobody's: the key named no tenant, or there were more tenants than are counted apart.</param>
/// <param name="Code">Of <c>X-BudgetProxy-Code</c>.</param>
/// <param name="Budget">Empty = no budget refused.</param>
/// <param name="Model">Empty = the call had come to no model, or there were more than are counted apart.</param>
/// <param name="LastAt">When the last of them was, in whole milliseconds.</param>
public sealed record RefusalCount(DateTimeOffset Hour, string Tenant, string Code, string Budget, string Model, long Count, DateTimeOffset LastAt);
