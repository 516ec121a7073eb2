using System.Text.Json;
using BudgetProxy.Core.Money;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Gateway;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Rates;

/// <summary>Calls through the whole proxy while rates change.</summary>
public sealed class PricedCallTests
{
    private const string Dear = """{"usdPerMillion":{"standard":{"input":"1000","output":"2000"}}}""";

    [Fact]
    public async Task A_call_right_after_a_put_is_priced_by_the_new_row()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        var row = await proxy.SendAsync(HttpMethod.Put, "rates/openai/gpt-4o-mini", Dear);
        await CallAsync(client);
        var entry = await proxy.OnlyEntryAsync("acme");
        Assert.Equal(row.GetProperty("id").GetString(), entry.GetProperty("rate").GetString());
        Assert.Equal(Expected(entry, 1_000, 2_000), Cost(entry));
        Assert.Equal(("standard", false), (entry.GetProperty("tier").GetString(), entry.GetProperty("regional").GetBoolean()));
    }

    [Fact]
    public async Task A_model_without_a_rate_is_served_once_it_has_one()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using (var refused = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(model: "house-model"))))
            Assert.Equal("unpriced_model", refused.Headers.GetValues("X-BudgetProxy-Code").Single());
        await proxy.SendAsync(HttpMethod.Put, "rates/openai/house-model", Dear);
        await CallAsync(client, "house-model");
        Assert.Equal("house-model", (await proxy.OnlyEntryAsync("acme")).GetProperty("model").GetString());
    }

    [Fact]
    public async Task A_call_in_flight_keeps_the_card_it_began_with()
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { OutputTokens = 40, ChunkDelay = TimeSpan.FromMilliseconds(50) };
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var request = new HttpRequestMessage(HttpMethod.Post, Bodies.ChatPath) { Content = TestProxy.Json(Bodies.Chat(stream: true)) };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var stream = await OpenStream.OfAsync(response);
        await stream.ReadLinesAsync(2);
        var row = await proxy.SendAsync(HttpMethod.Put, "rates/openai/gpt-4o-mini", Dear);
        Assert.Empty(await proxy.LedgerAsync("acme"));
        await stream.ReadToEndAsync();
        var first = await proxy.OnlyEntryAsync("acme");
        Assert.Equal("openai/gpt-4o-mini@2024-07-18", first.GetProperty("rate").GetString());
        Assert.Equal(Expected(first, 0.15m, 0.60m), Cost(first));
        proxy.Provider.Script = _ => new SimulatedAnswer();
        await CallAsync(client);
        Assert.Equal(row.GetProperty("id").GetString(), (await proxy.LedgerAsync("acme"))[1].GetProperty("rate").GetString());
    }

    [Fact]
    public async Task A_tenants_own_price_is_its_own_and_markup_comes_on_top()
    {
        await using var proxy = await TestProxy.StartAsync();
        var keys = new Dictionary<string, string>();
        foreach (var tenant in new[] { "acme", "beta", "acme2" })
        {
            keys[tenant] = await proxy.CreateTenantAsync(tenant, """{"markupPercent":20}""");
            await proxy.PutBudgetAsync(tenant, "monthly", """{"limit":{"usd":"10"},"window":"month"}""");
        }

        var own = await proxy.SendAsync(HttpMethod.Put, "tenants/acme/rates/openai/gpt-4o-mini", """{"usdPerMillion":{"standard":{"input":"0.10","output":"0.40"}}}""");
        Assert.EndsWith("#acme", own.GetProperty("id").GetString(), StringComparison.Ordinal);
        foreach (var (tenant, key) in keys)
        {
            using var client = proxy.Client(key);
            await CallAsync(client);
            // By its dated name it is the same model at the same price.
            await CallAsync(client, "gpt-4o-mini-2024-07-18");
            foreach (var entry in await proxy.LedgerAsync(tenant))
            {
                var mine = tenant == "acme";
                Assert.Equal(mine ? own.GetProperty("id").GetString() : "openai/gpt-4o-mini@2024-07-18", entry.GetProperty("rate").GetString());
                Assert.Equal(mine ? Expected(entry, 0.10m, 0.40m) : Expected(entry, 0.15m, 0.60m), Cost(entry));
                Assert.Equal(new NanoUsd((long)(Cost(entry) * NanoUsd.PerUsd)).WithMarkup(2_000).ToString(), entry.GetProperty("chargedUsd").GetString());
            }

            // Budgets count what the provider takes.
            var spent = (await proxy.LedgerAsync(tenant)).Sum(Cost);
            Assert.Equal(spent, decimal.Parse((await proxy.BudgetsAsync(tenant))["monthly"].GetProperty("spent").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task A_share_of_the_list_price_follows_the_list()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        var own = await proxy.SendAsync(HttpMethod.Put, "tenants/acme/rates/openai/gpt-4o-mini", """{"percentOfList":80}""");
        Assert.Equal("openai/gpt-4o-mini@2024-07-18", own.GetProperty("ofList").GetProperty("row").GetString());
        await CallAsync(client);
        Assert.Equal(own.GetRawText(), (await proxy.SendAsync(HttpMethod.Put, "tenants/acme/rates/openai/gpt-4o-mini", """{"percentOfList":80}""")).GetRawText());
        var list = await proxy.SendAsync(HttpMethod.Put, "rates/openai/gpt-4o-mini", Dear);
        await CallAsync(client);
        var entries = await proxy.LedgerAsync("acme");
        Assert.Equal((own.GetProperty("id").GetString(), list.GetProperty("id").GetString() + "#acme*80%"), (entries[0].GetProperty("rate").GetString(), entries[1].GetProperty("rate").GetString()));
        Assert.Equal((Expected(entries[0], 0.12m, 0.48m), Expected(entries[1], 800, 1_600)), (Cost(entries[0]), Cost(entries[1])));
        // The row that follows by itself is listed like any other, under the name of who made the share.
        var listed = (await proxy.SendAsync(HttpMethod.Get, "rates?tenant=acme", "{}")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(("configured", 80m), (Assert.Single(listed).GetProperty("addedBy").GetString(), listed[0].GetProperty("ofList").GetProperty("percent").GetDecimal()));
    }

    [Fact]
    public async Task A_second_proxy_prices_by_what_the_first_was_given()
    {
        await using var redis = await RedisServer.StartAsync();
        var database = await SharedPostgres.CreateDatabaseAsync();
        await using var first = await TestProxy.StartAsync(("Redis", redis.ConnectionString), ("Postgres", database));
        await using var second = await TestProxy.StartAsync(("Redis", redis.ConnectionString), ("Postgres", database));
        var key = await first.CreateTenantAsync("acme");
        await Poll.UntilAsync(
            async () => (await second.Admin.GetAsync("tenants/acme")).IsSuccessStatusCode && (await second.Admin.GetStringAsync("tenants/acme/keys")).Contains("key_", StringComparison.Ordinal),
            TimeSpan.FromSeconds(20),
            "the tenant");
        var general = await first.SendAsync(HttpMethod.Put, "rates/openai/gpt-4o-mini", Dear);
        var own = await first.SendAsync(HttpMethod.Put, "tenants/acme/rates/openai/gpt-4o-mini", """{"percentOfList":50}""");
        await Poll.UntilAsync(
            async () => (await second.Admin.GetStringAsync("rates?model=gpt-4o-mini&tenant=acme")).Contains("#acme", StringComparison.Ordinal), TimeSpan.FromSeconds(20), "the rows");
        using var client = second.Client(key);
        await CallAsync(client);
        var entry = await second.OnlyEntryAsync("acme");
        Assert.Equal(own.GetProperty("id").GetString(), entry.GetProperty("rate").GetString());
        Assert.Equal(Expected(entry, 500, 1_000), Cost(entry));
        Assert.Equal(("standard", false), (entry.GetProperty("tier").GetString(), entry.GetProperty("regional").GetBoolean()));
        Assert.Equal(general.GetProperty("id").GetString(), own.GetProperty("ofList").GetProperty("row").GetString());
    }

    internal static async Task CallAsync(HttpClient client, string model = "gpt-4o-mini", string extra = "")
    {
        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(model: model, extra: extra)));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    internal static decimal Cost(JsonElement entry) => Usd(entry, "costUsd");

    internal static decimal Usd(JsonElement entry, string field) => decimal.Parse(entry.GetProperty(field).GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>By hand: tokens of a call without a cache, times the prices of a million.</summary>
    private static decimal Expected(JsonElement entry, decimal input, decimal output)
    {
        var tokens = entry.GetProperty("tokens");
        return ((tokens.GetProperty("input").GetInt64() * input) + (tokens.GetProperty("output").GetInt64() * output)) / 1_000_000;
    }
}
