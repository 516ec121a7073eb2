using BudgetProxy.Tenants;

namespace BudgetProxy.Admin;

/// <summary>Endpoint metadata: the least role that may call it.</summary>
internal sealed record NeedsRole(AdminRole Role);
