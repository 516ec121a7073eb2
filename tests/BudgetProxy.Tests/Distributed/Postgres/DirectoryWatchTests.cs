using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Rates;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Distributed.Postgres;

public sealed class DirectoryWatchTests
{
    private const string Listeners = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";

    private const string KillListeners =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";

    [Fact]
    public async Task A_change_is_announced()
    {
        await using var proxies = await TwoProxies.StartAsync();
        using var watch = await WatchAsync(proxies, new StillTime());
        await UntilAsync(async () => await proxies.Data.ScalarAsync(Listeners) is 1L);
        await proxies.A.PutTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        await UntilSeenAsync(proxies, "acme");
        await proxies.A.PutTenantAsync(new Tenant { Id = "second" }, CancellationToken.None);
        await UntilSeenAsync(proxies, "second");
        await watch.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task When_the_listening_connection_is_gone_changes_are_found_all_the_same_and_it_comes_back()
    {
        await using var proxies = await TwoProxies.StartAsync();
        using var watch = await WatchAsync(proxies, TimeProvider.System);
        await UntilAsync(async () => await proxies.Data.ScalarAsync(Listeners) is 1L);
        await proxies.Data.ScalarAsync(KillListeners);
        await proxies.A.PutTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        await UntilSeenAsync(proxies, "acme");
        await UntilAsync(async () => await proxies.Data.ScalarAsync(Listeners) is 1L);
        await watch.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task While_nobody_listens_changes_are_found_by_looking()
    {
        await using var proxies = await TwoProxies.StartAsync();
        // It looks twice a second, but never comes to connect again.
        using var watch = await WatchAsync(proxies, new StillTime(ringing: TimeSpan.FromMilliseconds(500)));
        await UntilAsync(async () => await proxies.Data.ScalarAsync(Listeners) is 1L);
        await proxies.Data.ScalarAsync(KillListeners);
        await UntilAsync(async () => await proxies.Data.ScalarAsync(Listeners) is 0L);
        await proxies.A.PutTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        await UntilSeenAsync(proxies, "acme");
        Assert.Equal(0L, await proxies.Data.ScalarAsync(Listeners));
        await watch.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task While_the_database_is_away_the_last_snapshot_stays_in_force_and_afterwards_changes_are_seen_again()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var proxies = await TwoProxies.StartAsync(server);
        using var watch = await WatchAsync(proxies, TimeProvider.System);
        await proxies.A.PutTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        await UntilSeenAsync(proxies, "acme");
        await server.StopAsync(immediate: true);
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => proxies.B.RefreshAsync(CancellationToken.None));
            Assert.NotNull(proxies.B.Current.FindTenant("acme"));
        }

        await server.StartAgainAsync();
        await UntilAsync(async () => await Record.ExceptionAsync(() => proxies.A.PutTenantAsync(new Tenant { Id = "later" }, CancellationToken.None)) is null);
        await UntilSeenAsync(proxies, "later");
        await UntilAsync(async () => await proxies.Data.ScalarAsync(Listeners) is 1L);
        await watch.StopAsync(CancellationToken.None);
    }

    private static async Task<DirectoryWatch> WatchAsync(TwoProxies proxies, TimeProvider time)
    {
        var watch = new DirectoryWatch(proxies.Data.Database, proxies.B, new RateTable(new PostgresRateStore(proxies.Data.Database), time), time, NullLogger<DirectoryWatch>.Instance);
        await watch.StartAsync(CancellationToken.None);
        return watch;
    }

    private static Task UntilSeenAsync(TwoProxies proxies, string tenant) =>
        UntilAsync(() => Task.FromResult(proxies.B.Current.FindTenant(tenant) is not null));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var attempt = 0; attempt < 1_500; attempt++)
        {
            if (await holds())
                return;
            await Task.Delay(20);
        }

        Assert.Fail("It never came.");
    }
}
