using System.Data;
using BudgetProxy.Storage;
using BudgetProxy.Tenants;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// The directory in the shared database. Writes come one after the other, over all proxies: each takes an advisory lock, writes its rows of the change
/// feed and of the audit trail in the same transaction and wakes those who listen.
/// </summary>
public sealed class PostgresDirectoryStore(PostgresDatabase database) : IDirectoryStore
{
    /// <summary>The channel of NOTIFY on which each change is announced, without a payload.</summary>
    public const string Channel = "budgetproxy_directory";

    public ValueTask<DirectoryContent> LoadAsync(CancellationToken cancellationToken) => Read(
        async context =>
        {
            var version = await context.Changes.MaxAsync(change => (long?)change.Version, cancellationToken) ?? 0;
            return await ContentAsync(context, Wanted.All, version, cancellationToken);
        },
        cancellationToken);

    public async ValueTask<DirectoryChanges?> ChangesSinceAsync(long version, CancellationToken cancellationToken)
    {
        if (await database.ReadAsync(connection => NewestAsync(connection, cancellationToken), cancellationToken) == version)
            return null;
        return await Read(context => ChangesAsync(context, version, cancellationToken), cancellationToken);
    }

    public async ValueTask<long?> WriteAsync(DirectoryWrite write, CancellationToken cancellationToken) => await database.WriteAsync<long?>(
        async connection =>
        {
            await using var context = DirectoryContext.On(connection);
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLocks.Directory})", cancellationToken);
            var before = await NewestAsync(connection, cancellationToken);
            if (write.Since is { } since && since != before)
                return null;
            await SaveAsync(context, write, cancellationToken);
            await DeleteAsync(context, write, cancellationToken);
            await PostgresAuditStore.InsertAsync(connection, write.Audit, cancellationToken);
            var version = await AnnounceAsync(context, write, cancellationToken) ?? before;
            await transaction.CommitAsync(cancellationToken);
            return version;
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
            return new DirectoryChanges(await ContentAsync(context, Wanted.All, newest, cancellationToken), null, [], AdminKeys: true);
        var changed = await context.Changes.Where(change => change.Version > version).Select(change => new { change.Tenant, change.Plan }).Distinct().ToListAsync(cancellationToken);
        var wanted = new Wanted(
            [.. changed.Select(change => change.Tenant).OfType<string>()], [.. changed.Select(change => change.Plan).OfType<string>()],
            changed.Exists(change => change.Tenant is null && change.Plan is null));
        return new DirectoryChanges(await ContentAsync(context, wanted, newest, cancellationToken), wanted.Tenants, wanted.Plans!, wanted.AdminKeys);
    }

    private static async Task<DirectoryContent> ContentAsync(DirectoryContext context, Wanted wanted, long version, CancellationToken cancellationToken)
    {
        var (only, onlyPlans, adminKeys) = wanted;
        var rows = await context.Tenants.Where(row => only == null || only.Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        var tenants = rows.ConvertAll(row => row.ToTenant());
        var zones = tenants.ToDictionary(tenant => tenant.Id, tenant => tenant.Zone, StringComparer.Ordinal);
        var budgetRows = await context.Budgets.Where(row => only == null || only.Contains(row.Tenant)).OrderBy(row => row.Position).ToListAsync(cancellationToken);
        var budgets = budgetRows.Select(row => row.ToBudget(zones[row.Tenant])).ToLookup(budget => budget.Tenant, StringComparer.Ordinal);
        var keys = await context.Keys.Where(row => only == null || only.Contains(row.Tenant)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        var admins = adminKeys ? await context.AdminKeys.OrderBy(row => row.Id).ToListAsync(cancellationToken) : [];
        var actRows = await context.Acts.Where(row => only == null || only.Contains(row.Tenant)).ToListAsync(cancellationToken);
        var acts = actRows.ConvertAll(row => row.ToAct()).ToLookup(act => act.Tenant, StringComparer.Ordinal);
        var plans = await context.Plans.Where(row => onlyPlans == null || onlyPlans.Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return new DirectoryContent(
            [.. tenants.Select(tenant => tenant with { Budgets = [.. budgets[tenant.Id]], Acts = [.. acts[tenant.Id]] })],
            keys.ConvertAll(row => row.ToKey()),
            admins.ConvertAll(row => row.ToKey()),
            plans.ConvertAll(row => row.ToPlan()),
            version);
    }

    /// <summary>What is referred to first, then what refers to it.</summary>
    private static async Task SaveAsync(DirectoryContext context, DirectoryWrite write, CancellationToken cancellationToken)
    {
        foreach (var plan in write.Plans)
            await SaveAsync(context, PlanRow.Of(plan), plan.Id, cancellationToken);
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        await DirectoryRows.PutAsync(connection, write.Tenants, cancellationToken);
        await DirectoryRows.PutAsync(connection, write.Budgets, cancellationToken);
        foreach (var (act, before) in write.Acts)
        {
            await context.Acts.Where(row => row.Tenant == act.Tenant && row.Budget == act.Budget && row.At < before).ExecuteDeleteAsync(cancellationToken);
            context.Add(BudgetActRow.Of(act));
            await context.SaveChangesAsync(cancellationToken);
        }

        await DirectoryRows.PutAsync(connection, write.Keys, cancellationToken);
        foreach (var key in write.AdminKeys)
            await SaveAsync(context, AdminKeyRow.Of(key), key.Id, cancellationToken);
    }

    private static async Task SaveAsync<TRow>(DirectoryContext context, TRow row, string id, CancellationToken cancellationToken)
        where TRow : class
    {
        if (await context.FindAsync<TRow>([id], cancellationToken) is { } present)
            context.Entry(present).CurrentValues.SetValues(row);
        else
            context.Add(row);
        await context.SaveChangesAsync(cancellationToken);
    }

    private static async Task DeleteAsync(DirectoryContext context, DirectoryWrite write, CancellationToken cancellationToken)
    {
        foreach (var (tenant, name) in write.DeletedBudgets)
        {
            await context.Acts.Where(act => act.Tenant == tenant && act.Budget == name).ExecuteDeleteAsync(cancellationToken);
            await context.Budgets.Where(budget => budget.Tenant == tenant && budget.Name == name).ExecuteDeleteAsync(cancellationToken);
        }

        foreach (var tenant in write.DeletedTenants)
        {
            // Whom what is still to be billed goes to. A cut that was planned before is void, since it may know another customer.
            await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO billing_tenants AS t (tenant, cuts, customer) SELECT id, 1, stripe_customer_id FROM tenants WHERE id = {tenant} AND stripe_customer_id <> ''
                ON CONFLICT (tenant) DO UPDATE SET cuts = t.cuts + 1, customer = excluded.customer
                """,
                cancellationToken);
            await context.Acts.Where(act => act.Tenant == tenant).ExecuteDeleteAsync(cancellationToken);
            await context.Budgets.Where(budget => budget.Tenant == tenant).ExecuteDeleteAsync(cancellationToken);
            await context.Keys.Where(key => key.Tenant == tenant).ExecuteDeleteAsync(cancellationToken);
            await context.Tenants.Where(row => row.Id == tenant).ExecuteDeleteAsync(cancellationToken);
            // After the tenant: who adds to them holds its row.
            await context.Database.ExecuteSqlAsync($"DELETE FROM learned WHERE tenant = {tenant}", cancellationToken);
            await context.Database.ExecuteSqlAsync($"DELETE FROM runs WHERE tenant = {tenant}", cancellationToken);
            // What is held is still to be settled or voided; only a repeat of its request must not find it.
            await context.Database.ExecuteSqlAsync(
                $"UPDATE direct_reservations SET repeat_key = NULL WHERE tenant = {tenant} AND repeat_key IS NOT NULL", cancellationToken);
        }

        foreach (var plan in write.DeletedPlans)
            await context.Plans.Where(row => row.Id == plan).ExecuteDeleteAsync(cancellationToken);
        foreach (var id in write.DeletedAdminKeys)
            await context.AdminKeys.Where(row => row.Id == id).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Writes the rows of the change feed and wakes those who listen, once the transaction is committed.</summary>
    /// <returns>The last row's version; null = there is nothing to announce.</returns>
    private static async Task<long?> AnnounceAsync(DirectoryContext context, DirectoryWrite write, CancellationToken cancellationToken)
    {
        List<ChangeRow> rows =
        [
            .. write.TouchedPlans.Select(plan => new ChangeRow { Plan = plan }), .. write.TouchedTenants.Select(tenant => new ChangeRow { Tenant = tenant }),
        ];
        if (write.TouchesAdminKeys)
            rows.Add(new ChangeRow());
        if (rows.Count == 0)
            return null;
        context.AddRange(rows);
        await context.SaveChangesAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"""
             DELETE FROM directory_changes
             WHERE version < (SELECT max(version) FROM directory_changes WHERE changed_at < now() - interval '1 day')
             """,
            cancellationToken);
        await context.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, '')", cancellationToken);
        return rows.Max(row => row.Version);
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

    /// <summary>What of the directory is to be read; null = all of it.</summary>
    private sealed record Wanted(List<string>? Tenants, List<string>? Plans, bool AdminKeys)
    {
        public static readonly Wanted All = new(null, null, AdminKeys: true);
    }
}
