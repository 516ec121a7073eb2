using System.Data;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Storage;
using BudgetProxy.Tenants;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// The directory in the shared database. Writes come one after the other, over all proxies: each takes an advisory lock, writes its row of the change
/// feed in the same transaction and wakes those who listen.
/// </summary>
public sealed class PostgresDirectoryStore(PostgresDatabase database) : IDirectoryStore
{
    /// <summary>The channel of NOTIFY on which each change is announced, without a payload.</summary>
    public const string Channel = "budgetproxy_directory";

    public ValueTask<DirectoryContent> LoadAsync(CancellationToken cancellationToken) => Read(
        async context =>
        {
            var version = await context.Changes.MaxAsync(change => (long?)change.Version, cancellationToken) ?? 0;
            return await ContentAsync(context, null, adminKeys: true, version, cancellationToken);
        },
        cancellationToken);

    public async ValueTask<DirectoryChanges?> ChangesSinceAsync(long version, CancellationToken cancellationToken)
    {
        if (await database.ReadAsync(connection => NewestAsync(connection, cancellationToken), cancellationToken) == version)
            return null;
        return await Read(context => ChangesAsync(context, version, cancellationToken), cancellationToken);
    }

    public ValueTask SaveTenantAsync(Tenant tenant, CancellationToken cancellationToken) => Write(
        tenant.Id,
        async context =>
        {
            await SaveAsync(context, TenantRow.Of(tenant), tenant.Id, cancellationToken);
            foreach (var budget in tenant.Budgets)
                await SaveAsync(context, budget, cancellationToken);
            return true;
        },
        cancellationToken);

    public ValueTask DeleteTenantAsync(string tenant, CancellationToken cancellationToken) => Write(
        tenant,
        async context =>
        {
            await context.Acts.Where(act => act.Tenant == tenant).ExecuteDeleteAsync(cancellationToken);
            await context.Budgets.Where(budget => budget.Tenant == tenant).ExecuteDeleteAsync(cancellationToken);
            await context.Keys.Where(key => key.Tenant == tenant).ExecuteDeleteAsync(cancellationToken);
            await context.Tenants.Where(row => row.Id == tenant).ExecuteDeleteAsync(cancellationToken);
            // After the tenant: who adds to them holds its row.
            await context.Database.ExecuteSqlAsync($"DELETE FROM learned WHERE tenant = {tenant}", cancellationToken);
            return true;
        },
        cancellationToken);

    public ValueTask SaveKeyAsync(StoredKey key, CancellationToken cancellationToken) => Write(
        key.Key.Tenant, context => SaveAsync(context, KeyRow.Of(key), key.Key.Id, cancellationToken), cancellationToken);

    public ValueTask SaveBudgetAsync(Budget budget, CancellationToken cancellationToken) => Write(
        budget.Tenant, context => SaveAsync(context, budget, cancellationToken), cancellationToken);

    public ValueTask DeleteBudgetAsync(string tenant, string name, CancellationToken cancellationToken) => Write(
        tenant,
        async context =>
        {
            await context.Acts.Where(act => act.Tenant == tenant && act.Budget == name).ExecuteDeleteAsync(cancellationToken);
            await context.Budgets.Where(budget => budget.Tenant == tenant && budget.Name == name).ExecuteDeleteAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    public async ValueTask<BudgetAct?> AddActAsync(BudgetAct act, DateTimeOffset before, CancellationToken cancellationToken)
    {
        BudgetActRow? found = null;
        await WriteAsync(
            act.Tenant,
            async context =>
            {
                found = await context.Acts.SingleOrDefaultAsync(
                    row => row.Tenant == act.Tenant && row.Budget == act.Budget && row.Id == act.Id, cancellationToken);
                if (found is not null)
                    return false;
                await context.Acts.Where(row => row.Tenant == act.Tenant && row.Budget == act.Budget && row.At < before).ExecuteDeleteAsync(cancellationToken);
                context.Add(BudgetActRow.Of(act));
                await context.SaveChangesAsync(cancellationToken);
                return true;
            },
            cancellationToken);
        return found?.ToAct();
    }

    public ValueTask SaveAdminKeyAsync(AdminKey key, CancellationToken cancellationToken) => Write(
        null, context => SaveAsync(context, AdminKeyRow.Of(key), key.Id, cancellationToken), cancellationToken);

    public async ValueTask<bool> SaveFirstAdminKeyAsync(AdminKey key, CancellationToken cancellationToken) => await WriteAsync(
        null,
        async context =>
        {
            var admin = DirectoryTexts.Name(AdminRole.Admin);
            return !await context.AdminKeys.AnyAsync(row => row.Role == admin, cancellationToken)
                && await SaveAsync(context, AdminKeyRow.Of(key), key.Id, cancellationToken);
        },
        cancellationToken);

    public ValueTask DeleteAdminKeyAsync(string id, CancellationToken cancellationToken) => Write(
        null,
        async context =>
        {
            await context.AdminKeys.Where(row => row.Id == id).ExecuteDeleteAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    private static async Task<long> NewestAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM directory_changes", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<DirectoryChanges?> ChangesAsync(DirectoryContext context, long version, CancellationToken cancellationToken)
    {
        var oldest = await context.Changes.MinAsync(change => (long?)change.Version, cancellationToken) ?? 0;
        var newest = await context.Changes.MaxAsync(change => (long?)change.Version, cancellationToken) ?? 0;
        // Pruned since, or the database was set back to an older state: what changed can't be told.
        if (version < oldest || version > newest)
            return new DirectoryChanges(await ContentAsync(context, null, adminKeys: true, newest, cancellationToken), null, AdminKeys: true);
        var changed = await context.Changes.Where(change => change.Version > version).Select(change => change.Tenant).Distinct().ToListAsync(cancellationToken);
        var tenants = changed.OfType<string>().ToList();
        var adminKeys = tenants.Count < changed.Count;
        return new DirectoryChanges(await ContentAsync(context, tenants, adminKeys, newest, cancellationToken), tenants, adminKeys);
    }

    /// <param name="only">Null = every tenant.</param>
    private static async Task<DirectoryContent> ContentAsync(
        DirectoryContext context, List<string>? only, bool adminKeys, long version, CancellationToken cancellationToken)
    {
        var rows = await context.Tenants.Where(row => only == null || only.Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        var tenants = rows.ConvertAll(row => row.ToTenant());
        var zones = tenants.ToDictionary(tenant => tenant.Id, tenant => tenant.Zone, StringComparer.Ordinal);
        var budgetRows = await context.Budgets.Where(row => only == null || only.Contains(row.Tenant)).OrderBy(row => row.Position).ToListAsync(cancellationToken);
        var actRows = await context.Acts.Where(row => only == null || only.Contains(row.Tenant)).ToListAsync(cancellationToken);
        var acts = actRows.ConvertAll(row => row.ToAct()).ToLookup(act => (act.Tenant, act.Budget));
        var budgets = budgetRows.Select(row => row.ToBudget(zones[row.Tenant]).With([.. acts[(row.Tenant, row.Name)]])).ToLookup(budget => budget.Tenant, StringComparer.Ordinal);
        var keys = await context.Keys.Where(row => only == null || only.Contains(row.Tenant)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        var admins = adminKeys ? await context.AdminKeys.OrderBy(row => row.Id).ToListAsync(cancellationToken) : [];
        return new DirectoryContent(
            [.. tenants.Select(tenant => tenant with { Budgets = [.. budgets[tenant.Id]] })],
            keys.ConvertAll(row => row.ToKey()),
            admins.ConvertAll(row => row.ToKey()),
            version);
    }

    private static async Task<bool> SaveAsync<TRow>(DirectoryContext context, TRow row, string id, CancellationToken cancellationToken)
        where TRow : class
    {
        if (await context.FindAsync<TRow>([id], cancellationToken) is { } present)
            context.Entry(present).CurrentValues.SetValues(row);
        else
            context.Add(row);
        await context.SaveChangesAsync(cancellationToken);
        return true;
    }

    private static async Task<bool> SaveAsync(DirectoryContext context, Budget budget, CancellationToken cancellationToken)
    {
        var present = await context.Budgets.SingleOrDefaultAsync(row => row.Tenant == budget.Tenant && row.Name == budget.Name, cancellationToken);
        if (present is null)
            context.Add(BudgetRow.Of(budget));
        else
            present.Fill(budget);
        await context.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>In one snapshot of the database, so that tenants, keys, budgets and the version are of the same instant.</summary>
    private async ValueTask<T> Read<T>(Func<DirectoryContext, Task<T>> read, CancellationToken cancellationToken) => await database.ReadAsync(
        async connection =>
        {
            await using var context = DirectoryContext.On(connection);
            context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
            await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            return await read(context);
        },
        cancellationToken);

    private async ValueTask Write(string? tenant, Func<DirectoryContext, Task<bool>> change, CancellationToken cancellationToken) =>
        await WriteAsync(tenant, change, cancellationToken);

    /// <param name="tenant">Whose change it is; null = the admin keys'.</param>
    /// <param name="change">False = there is nothing to write.</param>
    private Task<bool> WriteAsync(string? tenant, Func<DirectoryContext, Task<bool>> change, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var context = DirectoryContext.On(connection);
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLocks.Directory})", cancellationToken);
            if (!await change(context))
                return false;
            context.Add(new ChangeRow { Tenant = tenant });
            await context.SaveChangesAsync(cancellationToken);
            await context.Database.ExecuteSqlAsync(
                $"""
                 DELETE FROM directory_changes
                 WHERE version < (SELECT max(version) FROM directory_changes WHERE changed_at < now() - interval '1 day')
                 """,
                cancellationToken);
            await context.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, '')", cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        },
        cancellationToken);
}
