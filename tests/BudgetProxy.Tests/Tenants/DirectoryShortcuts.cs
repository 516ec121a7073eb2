using BudgetProxy.Audit;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Tenants;

/// <summary>Single steps of a store and changes of a directory, for tests that are about something else than who makes them.</summary>
internal static class DirectoryShortcuts
{
    public static readonly Edit Anybody = new(new AuditActor("adk_test", "test"));

    /// <summary>With the budgets that are given with it.</summary>
    public static ValueTask SaveTenantAsync(this IDirectoryStore store, Tenant tenant, CancellationToken cancellationToken) =>
        RunAsync(store, new DirectoryWrite { Tenants = [tenant], Budgets = tenant.Budgets }, cancellationToken);

    public static ValueTask SavePlanAsync(this IDirectoryStore store, Plan plan, CancellationToken cancellationToken) =>
        RunAsync(store, new DirectoryWrite { Plans = [plan] }, cancellationToken);

    public static ValueTask SaveBudgetAsync(this IDirectoryStore store, Budget budget, CancellationToken cancellationToken) =>
        RunAsync(store, new DirectoryWrite { Budgets = [budget] }, cancellationToken);

    public static ValueTask AddActAsync(this IDirectoryStore store, BudgetAct act, DateTimeOffset before, CancellationToken cancellationToken) =>
        RunAsync(store, new DirectoryWrite { Acts = [(act, before)] }, cancellationToken);

    public static ValueTask SaveKeyAsync(this IDirectoryStore store, StoredKey key, CancellationToken cancellationToken) =>
        RunAsync(store, new DirectoryWrite { Keys = [key] }, cancellationToken);

    public static ValueTask SaveAdminKeyAsync(this IDirectoryStore store, AdminKey key, CancellationToken cancellationToken) =>
        RunAsync(store, new DirectoryWrite { AdminKeys = [key] }, cancellationToken);

    public static ValueTask DeleteTenantAsync(this IDirectoryStore store, string tenant, CancellationToken cancellationToken) =>
        RunAsync(store, new DirectoryWrite { DeletedTenants = [tenant] }, cancellationToken);

    public static ValueTask DeleteBudgetAsync(this IDirectoryStore store, string tenant, string name, CancellationToken cancellationToken) =>
        RunAsync(store, new DirectoryWrite { DeletedBudgets = [(tenant, name)] }, cancellationToken);

    public static ValueTask DeleteAdminKeyAsync(this IDirectoryStore store, string id, CancellationToken cancellationToken) =>
        RunAsync(store, new DirectoryWrite { DeletedAdminKeys = [id] }, cancellationToken);

    public static Task<Edited<Tenant>> PutTenantAsync(this TenantDirectory directory, Tenant tenant, CancellationToken cancellationToken) =>
        directory.PutTenantAsync(tenant, Anybody, cancellationToken);

    public static Task<Edited<Plan>> PutPlanAsync(this TenantDirectory directory, Plan plan, CancellationToken cancellationToken) =>
        directory.PutPlanAsync(plan, Anybody, cancellationToken);

    public static async Task<EditOutcome> PutBudgetAsync(this TenantDirectory directory, Budget budget, CancellationToken cancellationToken) =>
        (await directory.PutBudgetAsync(budget, Anybody, cancellationToken)).Outcome;

    public static async Task<IssuedKey<VirtualKey>?> IssueKeyAsync(this TenantDirectory directory, VirtualKey wanted, CancellationToken cancellationToken) =>
        (await directory.IssueKeyAsync(wanted, Anybody, cancellationToken)).Value;

    public static async Task<bool> RevokeKeyAsync(this TenantDirectory directory, string tenant, string id, CancellationToken cancellationToken) =>
        (await directory.RevokeKeyAsync(tenant, id, Anybody, cancellationToken)).Outcome == EditOutcome.Done;

    public static async Task<bool> DeleteTenantAsync(this TenantDirectory directory, string tenant, CancellationToken cancellationToken) =>
        (await directory.DeleteTenantAsync(tenant, Anybody, cancellationToken)).Outcome == EditOutcome.Done;

    public static async Task<bool> DeleteBudgetAsync(this TenantDirectory directory, string tenant, string name, CancellationToken cancellationToken) =>
        (await directory.DeleteBudgetAsync(tenant, name, Anybody, cancellationToken)).Outcome == EditOutcome.Done;

    public static Task<IssuedKey<AdminKey>> IssueAdminKeyAsync(this TenantDirectory directory, string name, AdminRole role, CancellationToken cancellationToken) =>
        directory.IssueAdminKeyAsync(name, role, Anybody, cancellationToken);

    private static async ValueTask RunAsync(IDirectoryStore store, DirectoryWrite write, CancellationToken cancellationToken) =>
        Assert.NotNull(await store.WriteAsync(write, cancellationToken));
}
