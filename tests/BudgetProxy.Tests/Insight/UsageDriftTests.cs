using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Hosting;
using BudgetProxy.Insight;
using BudgetProxy.Ledger;
using BudgetProxy.Storage;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Distributed.Postgres;
using BudgetProxy.Tests.Embedded;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetProxy.Tests.Insight;

public sealed class UsageDriftTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Sums_that_are_not_the_entries_are_seen_in_every_table()
    {
        using var store = new EmbeddedStoreFactory(new TestClock());
        using var metrics = new ProxyMetrics(new RefusalTally(TimeProvider.System));
        using var directory = new TenantDirectory(new BudgetProxy.Embedded.SqliteDirectoryStore(store.Database), store.Store, TimeProvider.System);
        using var watch = new UsageDriftWatch(store.Ledger, directory, metrics, TimeProvider.System, NullLogger<UsageDriftWatch>.Instance);
        var at = Day.AddHours(2);
        await store.Ledger.AppendAsync([SomeEntries.One(Guid.CreateVersion7(), at.AddMinutes(1)), SomeEntries.One(Guid.CreateVersion7(), at.AddMinutes(2))], [], CancellationToken.None);
        await AllAgreeAsync();
        Assert.Equal(2, (await store.Ledger.RollUpAsync(10, CancellationToken.None)).Entries);
        await AllAgreeAsync();
        using var connection = store.Database.OpenConnection();
        foreach (var level in Enum.GetValues<UsageLevel>())
        {
            connection.Run($"UPDATE {UsageLevels.Table(level)} SET cost = cost + 7, requests = requests - 1");
            Assert.Equal(8, await watch.MeasureAsync(level, "acme", at, CancellationToken.None));
            connection.Run($"UPDATE {UsageLevels.Table(level)} SET cost = cost - 7, requests = requests + 1");
            await AllAgreeAsync();
        }

        // The right amount in the wrong hour, which bills would tell.
        connection.Run($"UPDATE usage_tenant_hours SET at = at + {UsageLevels.HourMilliseconds}");
        Assert.Equal(2 * (200 + 230 + 2 + 30), await watch.MeasureAsync(UsageLevel.TenantHours, "acme", at, CancellationToken.None));

        async Task AllAgreeAsync()
        {
            foreach (var level in Enum.GetValues<UsageLevel>())
                Assert.Equal(0, await watch.MeasureAsync(level, "acme", at, CancellationToken.None));
        }
    }

    [Fact]
    public async Task What_caching_saved_is_in_the_sums()
    {
        using var store = new EmbeddedStoreFactory(new TestClock());
        store.Embedded.CacheSaved = entry => new NanoUsd(entry.Usage.CachedInput * 3);
        var usage = Usage.Inclusive(100, 40, 0, 0, 5);
        await store.Ledger.AppendAsync([SomeEntries.One(Guid.CreateVersion7(), Day.AddHours(2)) with { Usage = usage }], [], CancellationToken.None);
        await store.Ledger.RollUpAsync(10, CancellationToken.None);
        foreach (var groups in new[] { UsageGroups.None, UsageGroups.Tenant, UsageGroups.Tenant | UsageGroups.Day, UsageGroups.Tenant | UsageGroups.Hour, UsageGroups.User })
            Assert.Equal(120, Assert.Single(await store.Ledger.TotalsAsync(new LedgerFilter(), groups, CancellationToken.None)).CacheSaved.Value);
    }
}
