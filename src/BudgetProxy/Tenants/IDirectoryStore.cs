using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tenants;

/// <summary>
/// The directory's seam: load all, save or delete one, and what others have changed. A save replaces what has the same id. Durable when it
/// returns. Every method may throw <see cref="StoreUnavailableException"/> and nothing else but cancellation.
/// </summary>
public interface IDirectoryStore
{
    ValueTask<DirectoryContent> LoadAsync(CancellationToken cancellationToken);

    /// <summary>What has changed since a version that <see cref="LoadAsync"/> or this gave, this proxy's own changes included; null = nothing.</summary>
    ValueTask<DirectoryChanges?> ChangesSinceAsync(long version, CancellationToken cancellationToken);

    /// <summary>Saves the tenant's own fields and those budgets that are given with it; other budgets of the tenant stay.</summary>
    ValueTask SaveTenantAsync(Tenant tenant, CancellationToken cancellationToken);

    /// <summary>Deletes the tenant with its keys and budgets, in one step. The ledger is not touched.</summary>
    ValueTask DeleteTenantAsync(string tenant, CancellationToken cancellationToken);

    ValueTask SaveKeyAsync(StoredKey key, CancellationToken cancellationToken);

    ValueTask SaveBudgetAsync(Budget budget, CancellationToken cancellationToken);

    ValueTask DeleteBudgetAsync(string tenant, string name, CancellationToken cancellationToken);

    /// <summary>Adds a top-up or reset of a budget, unless the budget has one of its id already; and forgets those before an instant.</summary>
    /// <param name="before">Only what was done to the same budget before this is forgotten.</param>
    /// <returns>The one of this id that was there; null = it was added.</returns>
    ValueTask<BudgetAct?> AddActAsync(BudgetAct act, DateTimeOffset before, CancellationToken cancellationToken);

    ValueTask SaveAdminKeyAsync(AdminKey key, CancellationToken cancellationToken);

    /// <summary>Saves the key only where no key of the role admin is stored: of proxies that start at once, one makes the first key.</summary>
    /// <returns>False = there is one; nothing was saved.</returns>
    ValueTask<bool> SaveFirstAdminKeyAsync(AdminKey key, CancellationToken cancellationToken);

    ValueTask DeleteAdminKeyAsync(string id, CancellationToken cancellationToken);
}
