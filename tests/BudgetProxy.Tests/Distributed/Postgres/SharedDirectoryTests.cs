using BudgetProxy.Core.Money;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Embedded;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Distributed.Postgres;

/// <summary>Several proxies on one directory.</summary>
public sealed class SharedDirectoryTests
{
    [Fact]
    public async Task What_one_proxy_made_another_can_work_on_at_once()
    {
        await using var proxies = await TwoProxies.StartAsync();
        var (a, b) = (proxies.A, proxies.B);
        await a.PutTenantAsync(new Tenant { Id = "acme", Name = "made by a" }, CancellationToken.None);
        var issued = (await b.IssueKeyAsync(new VirtualKey { Id = "", Tenant = "acme", Name = "k", Prefix = "" }, CancellationToken.None))!;
        Assert.Equal(EditOutcome.Done, await a.PutBudgetAsync(DirectoryStoreContract.Budget("b", 1), CancellationToken.None));
        Assert.True(await a.RevokeKeyAsync("acme", issued.Key.Id, CancellationToken.None));
        Assert.False(await b.RevokeKeyAsync("acme", issued.Key.Id, CancellationToken.None));
        Assert.True(b.Current.TryFind(issued.Secret.Hash, out var key, out var tenant));
        Assert.Equal((true, "made by a", "b"), (key.Revoked, tenant.Name, Assert.Single(tenant.Budgets).Name));
        Assert.True(await b.DeleteBudgetAsync("acme", "b", CancellationToken.None));
        Assert.False(await a.DeleteBudgetAsync("acme", "b", CancellationToken.None));
        Assert.True(await a.DeleteTenantAsync("acme", CancellationToken.None));
        await b.RefreshAsync(CancellationToken.None);
        Assert.False(b.Current.TryFind(issued.Secret.Hash, out _, out _));
        Assert.Empty(b.Current.Tenants);
    }

    [Fact]
    public async Task A_snapshot_that_was_refreshed_is_the_one_that_a_start_reads()
    {
        await using var proxies = await TwoProxies.StartAsync();
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            var changing = random.Next(2) == 0 ? proxies.A : proxies.B;
            var tenant = "t" + random.Next(4);
            switch (random.Next(8))
            {
                case 6: await changing.TopUpAsync((tenant, "b" + random.Next(3)), new NanoUsd(1 + i), (null, null), DirectoryShortcuts.Anybody, CancellationToken.None); break;
                case 7: await changing.ResetAsync((tenant, "b" + random.Next(3)), (null, null), DirectoryShortcuts.Anybody, CancellationToken.None); break;
                case 0: await changing.DeleteTenantAsync(tenant, CancellationToken.None); break;
                case 1: await changing.IssueKeyAsync(new VirtualKey { Id = "", Tenant = tenant, Name = "k", Prefix = "" }, CancellationToken.None); break;
                case 2: await changing.PutBudgetAsync(DirectoryStoreContract.Budget("b" + random.Next(3), i) with { Tenant = tenant }, CancellationToken.None); break;
                case 3: await changing.DeleteBudgetAsync(tenant, "b" + random.Next(3), CancellationToken.None); break;
                case 4: await changing.IssueAdminKeyAsync("a", AdminRole.Finance, CancellationToken.None); break;
                default: await changing.PutTenantAsync(new Tenant { Id = tenant, TimeZone = i % 2 == 0 ? "Asia/Tokyo" : null }, CancellationToken.None); break;
            }
        }

        await proxies.A.RefreshAsync(CancellationToken.None);
        await proxies.B.RefreshAsync(CancellationToken.None);
        var stored = Text(DirectorySnapshot.Of(await new PostgresDirectoryStore(proxies.Data.Database).LoadAsync(CancellationToken.None)));
        Assert.Equal(stored, Text(proxies.A.Current));
        Assert.Equal(stored, Text(proxies.B.Current));

        static string Text(DirectorySnapshot snapshot) => DirectoryText.Of(new DirectoryContent(
            [.. snapshot.Tenants],
            [.. snapshot.Tenants.SelectMany(tenant => snapshot.KeysOf(tenant.Id).Select(key => snapshot.FindKey(tenant.Id, key.Id)!))],
            [.. snapshot.AdminKeys],
            [.. snapshot.Plans]));
    }

    [Fact]
    public async Task Of_three_proxies_that_start_at_once_one_makes_the_first_key_and_all_know_it()
    {
        await using var data = await TestDatabase.CreateAsync();
        using var counters = new EmbeddedStoreFactory(new TestClock());
        var directories = Enumerable.Range(0, 3)
            .Select(_ => new TenantDirectory(new PostgresDirectoryStore(data.Database), counters.Store, TimeProvider.System)).ToList();
        var made = await Task.WhenAll(directories.Select(directory => Task.Run(() => directory.StartAsync(null, CancellationToken.None))));
        var first = Assert.Single(made, secret => secret is not null)!.Value;
        Assert.All(directories, directory => Assert.True(directory.Current.TryFindAdmin(first.Hash, out _)));
        directories.ForEach(directory => directory.Dispose());
    }

    [Fact]
    public async Task A_configured_key_outlives_any_refresh_and_is_no_other_proxies()
    {
        const string Configured = "configured-key-0123456789";
        await using var proxies = await TwoProxies.StartAsync(keyOfB: Configured);
        await proxies.A.IssueAdminKeyAsync("other", AdminRole.Admin, CancellationToken.None);
        await proxies.B.RefreshAsync(CancellationToken.None);
        Assert.True(proxies.B.Current.TryFindAdmin(KeyHash.Of(Configured), out _));
        Assert.Equal(3, proxies.B.Current.AdminKeys.Count());
        // The feed starts anew above what B has seen: it must read everything.
        await proxies.Data.ScalarAsync("DELETE FROM directory_changes");
        await proxies.A.IssueAdminKeyAsync("third", AdminRole.Admin, CancellationToken.None);
        await proxies.B.RefreshAsync(CancellationToken.None);
        Assert.True(proxies.B.Current.TryFindAdmin(KeyHash.Of(Configured), out _));
        Assert.Equal(4, proxies.B.Current.AdminKeys.Count());
        Assert.False(proxies.A.Current.TryFindAdmin(KeyHash.Of(Configured), out _));
    }
}
