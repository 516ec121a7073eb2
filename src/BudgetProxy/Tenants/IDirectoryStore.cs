using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tenants;

/// <summary>
/// The directory's seam: load all, save or delete one. A save replaces what has the same id. Durable when it returns. Every method may
/// throw <see cref="StoreUnavailableException"/> and nothing else but cancellation.
/// </summary>
public interface IDirectoryStore
{
    ValueTask<DirectoryContent> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Saves the tenant's own fields and those budgets that are given with it; other budgets of the tenant stay.</summary>
    ValueTask SaveTenantAsync(Tenant tenant, CancellationToken cancellationToken);

    /// <summary>Deletes the tenant with its keys and budgets, in one step. The ledger is not touched.</summary>
    ValueTask DeleteTenantAsync(string tenant, CancellationToken cancellationToken);

    ValueTask SaveKeyAsync(StoredKey key, CancellationToken cancellationToken);

    ValueTask SaveBudgetAsync(Budget budget, CancellationToken cancellationToken);

    ValueTask DeleteBudgetAsync(string tenant, string name, CancellationToken cancellationToken);

    ValueTask SaveAdminKeyAsync(AdminKey key, CancellationToken cancellationToken);

    ValueTask DeleteAdminKeyAsync(string id, CancellationToken cancellationToken);
}
