using BudgetProxy.Audit;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Distributed.Postgres;

public sealed class PostgresDirectoryStoreTests : DirectoryStoreContract
{
    protected override async Task<IDirectoryFactory> CreateAsync() => new Factory(await TestDatabase.CreateAsync());

    [Fact]
    public async Task The_feed_gives_the_changed_tenants_alone_names_the_deleted_and_says_when_admin_keys_changed()
    {
        await using var factory = (Factory)await CreateAsync();
        var store = factory.Store;
        foreach (var id in new[] { "a", "b", "c" })
            await store.SaveTenantAsync(new Tenant { Id = id }, CancellationToken.None);
        await store.SaveKeyAsync(Key("key_c", "c"), CancellationToken.None);
        var start = await store.LoadAsync(CancellationToken.None);

        await store.SaveBudgetAsync(Budget("one", 1) with { Tenant = "a" }, CancellationToken.None);
        await store.SaveKeyAsync(Key("key_a", "a"), CancellationToken.None);
        await store.DeleteTenantAsync("b", CancellationToken.None);
        var changes = (await store.ChangesSinceAsync(start.Version, CancellationToken.None))!;
        Assert.Equal(["a", "b"], changes.Tenants!.Order());
        Assert.Equal(["one"], Assert.Single(changes.Content.Tenants).Budgets.Select(budget => budget.Name));
        Assert.Equal("key_a", Assert.Single(changes.Content.Keys).Key.Id);
        Assert.False(changes.AdminKeys);
        Assert.Null(await store.ChangesSinceAsync(changes.Content.Version, CancellationToken.None));

        await store.SaveAdminKeyAsync(Admin("adk_1", AdminRole.Admin), CancellationToken.None);
        var keys = (await store.ChangesSinceAsync(changes.Content.Version, CancellationToken.None))!;
        Assert.Equal((true, 0, 1), (keys.AdminKeys, keys.Tenants!.Count, keys.Content.AdminKeys.Count));
    }

    [Fact]
    public async Task A_reader_that_is_further_back_than_the_feed_or_ahead_of_it_reads_everything()
    {
        await using var factory = (Factory)await CreateAsync();
        var store = factory.Store;
        await store.SaveTenantAsync(new Tenant { Id = "a" }, CancellationToken.None);
        var old = (await store.LoadAsync(CancellationToken.None)).Version;
        await store.SaveTenantAsync(new Tenant { Id = "b" }, CancellationToken.None);
        var recent = (await store.LoadAsync(CancellationToken.None)).Version;
        await factory.Data.ScalarAsync("UPDATE directory_changes SET changed_at = now() - interval '2 days'");
        await store.SaveTenantAsync(new Tenant { Id = "c" }, CancellationToken.None);

        Assert.Equal(2L, await factory.Data.ScalarAsync("SELECT count(*) FROM directory_changes"));
        Assert.Equal(["c"], (await store.ChangesSinceAsync(recent, CancellationToken.None))!.Tenants!);
        foreach (var version in new[] { 0, old, recent + 100 })
        {
            var all = (await store.ChangesSinceAsync(version, CancellationToken.None))!;
            Assert.Null(all.Tenants);
            Assert.True(all.AdminKeys);
            Assert.Equal(["a", "b", "c"], all.Content.Tenants.Select(tenant => tenant.Id));
        }
    }

    [Fact]
    public async Task Changes_become_visible_in_their_order_however_many_write_at_once()
    {
        await using var factory = (Factory)await CreateAsync();
        var store = factory.Store;
        var version = (await store.LoadAsync(CancellationToken.None)).Version;
        var writers = Task.WhenAll(Enumerable.Range(0, 40).Select(i => store.SaveTenantAsync(new Tenant { Id = $"t{i}" }, CancellationToken.None).AsTask()));
        var seen = new HashSet<string>();
        while (seen.Count < 40)
        {
            if (await store.ChangesSinceAsync(version, CancellationToken.None) is not { } changes)
                continue;
            Assert.All(changes.Content.Tenants, tenant => Assert.True(seen.Add(tenant.Id)));
            version = changes.Content.Version;
        }

        await writers;
    }

    [Fact]
    public async Task A_step_that_was_decided_on_an_older_state_is_not_stored()
    {
        await using var factory = (Factory)await CreateAsync();
        var since = (await factory.Store.LoadAsync(CancellationToken.None)).Version;
        var first = await factory.Store.WriteAsync(new DirectoryWrite { Since = since, Tenants = [new Tenant { Id = "a" }] }, CancellationToken.None);
        var stale = new DirectoryWrite { Since = since, Tenants = [new Tenant { Id = "b" }], Audit = [new AuditEntry(default, AuditActor.Proxy, "x", "b", null, null, null)] };
        Assert.Null(await factory.Store.WriteAsync(stale, CancellationToken.None));
        Assert.Null(await factory.Store.WriteAsync(stale with { Since = first + 1 }, CancellationToken.None));
        Assert.Equal(["a"], (await factory.Store.LoadAsync(CancellationToken.None)).Tenants.Select(tenant => tenant.Id));
        Assert.Equal(0L, await factory.Data.ScalarAsync("SELECT count(*) FROM audit"));
        Assert.NotNull(await factory.Store.WriteAsync(stale with { Since = first }, CancellationToken.None));
    }

    [Fact]
    public async Task A_key_or_budget_of_a_tenant_that_is_gone_is_refused()
    {
        await using var factory = (Factory)await CreateAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => factory.Store.SaveKeyAsync(Key("key_1", "gone"), CancellationToken.None).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => factory.Store.SaveBudgetAsync(Budget("b", 1), CancellationToken.None).AsTask());
    }

    private sealed class Factory(TestDatabase data) : IDirectoryFactory
    {
        public TestDatabase Data => data;

        public IDirectoryStore Store { get; } = new PostgresDirectoryStore(data.Database);

        public IAuditStore Audit { get; } = new PostgresAuditStore(data.Database);

        public ValueTask DisposeAsync() => data.DisposeAsync();
    }
}
