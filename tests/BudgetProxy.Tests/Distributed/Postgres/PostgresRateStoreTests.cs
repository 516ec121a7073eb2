using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Rates;
using BudgetProxy.Tests.Rates;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetProxy.Tests.Distributed.Postgres;

public sealed class PostgresRateStoreTests : RateStoreContract
{
    protected override async Task<IRateStoreFactory> CreateAsync() => new Factory(await TestDatabase.CreateAsync());

    [Fact]
    public async Task A_row_that_one_proxy_adds_another_is_told_of()
    {
        await using var proxies = await TwoProxies.StartAsync();
        // The other's clock never rings: only the announcement can wake it.
        var time = new StillTime();
        using var a = new RateTable(new PostgresRateStore(proxies.Data.Database), TimeProvider.System);
        using var b = new RateTable(new PostgresRateStore(proxies.Data.Database), time);
        using var watch = new DirectoryWatch(proxies.Data.Database, proxies.B, b, time, NullLogger<DirectoryWatch>.Instance);
        await watch.StartAsync(CancellationToken.None);
        await Infrastructure.Poll.UntilAsync(async () => await proxies.Data.ScalarAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'") is 1L,
            TimeSpan.FromSeconds(20), "the watch to listen");
        await a.AddAsync([Row("new-model", 5)], "adk", null, CancellationToken.None);
        var at = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await Infrastructure.Poll.UntilAsync(() => b.Current.Card.Find(Provider.OpenAi, "new-model", at) is not null, TimeSpan.FromSeconds(20), "the row");
        await watch.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Rows_of_the_shipped_card_are_none_that_were_added()
    {
        await using var data = await TestDatabase.CreateAsync();
        await new PostgresLedger(data.Database).PublishRatesAsync(RateCard.Shipped, CancellationToken.None);
        Assert.Empty((await new PostgresRateStore(data.Database).ReadAsync(-1, CancellationToken.None))!);
        Assert.Equal(
            RateStoring.IdTaken,
            await new PostgresRateStore(data.Database).AddAsync(
                [new RateRow(RateCard.Shipped.Rates[0], 1, "adk", new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero))], 0, CancellationToken.None));
    }

    private sealed class Factory(TestDatabase data) : IRateStoreFactory
    {
        public IRateStore Open() => new PostgresRateStore(data.Database);

        public ValueTask DisposeAsync() => data.DisposeAsync();
    }
}
