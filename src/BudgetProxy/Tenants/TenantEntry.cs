using System.Collections.Immutable;

namespace BudgetProxy.Tenants;

/// <summary>A tenant with its keys, revoked ones included, in the order they were made.</summary>
internal sealed record TenantEntry(Tenant Tenant, ImmutableArray<StoredKey> Keys);
