using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Tenants;

/// <summary>A real store that fails on demand before it writes.</summary>
internal sealed class FailingDirectoryStore(IDirectoryStore inner) : IDirectoryStore
{
    public bool Failing { get; set; }

    public ValueTask<DirectoryContent> LoadAsync(CancellationToken cancellationToken) => inner.LoadAsync(cancellationToken);

    public ValueTask<DirectoryChanges?> ChangesSinceAsync(long version, CancellationToken cancellationToken) =>
        inner.ChangesSinceAsync(version, cancellationToken);

    public ValueTask SaveTenantAsync(Tenant tenant, CancellationToken cancellationToken) => Up().SaveTenantAsync(tenant, cancellationToken);

    public ValueTask DeleteTenantAsync(string tenant, CancellationToken cancellationToken) => Up().DeleteTenantAsync(tenant, cancellationToken);

    public ValueTask SaveKeyAsync(StoredKey key, CancellationToken cancellationToken) => Up().SaveKeyAsync(key, cancellationToken);

    public ValueTask SaveBudgetAsync(Budget budget, CancellationToken cancellationToken) => Up().SaveBudgetAsync(budget, cancellationToken);

    public ValueTask DeleteBudgetAsync(string tenant, string name, CancellationToken cancellationToken) =>
        Up().DeleteBudgetAsync(tenant, name, cancellationToken);

    public ValueTask<BudgetAct?> AddActAsync(BudgetAct act, DateTimeOffset before, CancellationToken cancellationToken) =>
        Up().AddActAsync(act, before, cancellationToken);

    public ValueTask SaveAdminKeyAsync(AdminKey key, CancellationToken cancellationToken) => Up().SaveAdminKeyAsync(key, cancellationToken);

    public ValueTask<bool> SaveFirstAdminKeyAsync(AdminKey key, CancellationToken cancellationToken) => Up().SaveFirstAdminKeyAsync(key, cancellationToken);

    public ValueTask DeleteAdminKeyAsync(string id, CancellationToken cancellationToken) => Up().DeleteAdminKeyAsync(id, cancellationToken);

    private IDirectoryStore Up() => Failing ? throw new StoreUnavailableException("The disk is full.") : inner;
}
