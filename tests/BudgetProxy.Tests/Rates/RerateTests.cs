using System.Net;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Rates;

/// <summary><c>POST /admin/v1/rates/rerate</c> on calls that were really made, in both stores.</summary>
public sealed class RerateTests
{
    private const string Row = """{"effectiveFrom":"2026-01-01T00:00:00Z","usdPerMillion":{"standard":{"input":"1000","output":"2000"}}}""";
    private const string From = "2026-01-01T00:00:00Z";

    [Fact]
    public async Task Embedded()
    {
        await using var proxy = await TestProxy.StartAsync();
        await RunAsync(proxy, proxy);
    }

    [Fact]
    public async Task On_redis_and_postgres_by_another_proxy()
    {
        await using var redis = await RedisServer.StartAsync();
        var database = await SharedPostgres.CreateDatabaseAsync();
        await using var first = await TestProxy.StartAsync(("Redis", redis.ConnectionString), ("Postgres", database));
        await using var second = await TestProxy.StartAsync(("Redis", redis.ConnectionString), ("Postgres", database));
        await RunAsync(first, second);
    }

    [Fact]
    public async Task Of_two_admins_at_once_the_books_show_one()
    {
        await using var proxy = await TestProxy.StartAsync();
        using (var client = proxy.Client(await proxy.CreateTenantAsync("acme")))
        {
            for (var i = 0; i < 5; i++)
                await PricedCallTests.CallAsync(client);
        }

        await proxy.SendAsync(HttpMethod.Put, "rates/openai/gpt-4o-mini", Row);
        var preview = await RerateAsync(proxy, "{}");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ApplyAsync(proxy, preview)));
        Assert.Equal(1, answers.Count(answer => answer == HttpStatusCode.OK));
        Assert.All(answers.Where(answer => answer != HttpStatusCode.OK), answer => Assert.Equal(HttpStatusCode.Conflict, answer));
        var entries = await proxy.LedgerAsync("acme");
        Assert.Equal(10, entries.Count);
        Assert.Equal(5, entries.Where(IsCorrection).Select(entry => entry.GetProperty("adjusts").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task What_is_wrong_is_named_and_only_an_admin_books()
    {
        await using var host = await Admin.AdminHost.StartAsync();
        (await host.PostAsync("/rates/rerate", "{}")).ErrorOf("from");
        (await host.PostAsync("/rates/rerate", """{"from":"2026-02-01T00:00:00Z","to":"2026-01-01T00:00:00Z"}""")).ErrorOf("to");
        (await host.PostAsync("/rates/rerate", """{"from":"2026-02-01T00:00:00Z","to":"2199-01-01T00:00:00Z"}""")).ErrorOf("to");
        (await host.PostAsync("/rates/rerate", """{"from":"2026-02-01T00:00:00Z","provider":"nobody"}""")).ErrorOf("provider");
        (await host.PostAsync("/rates/rerate", """{"from":"2026-02-01T00:00:00Z","aply":true}""")).ErrorOf("aply");
        (await host.PostAsync("/rates/rerate", """{"from":"2026-02-01T00:00:00Z","apply":true}""")).ErrorOf("id");
        string Key(string role) => host.PostAsync("/admin-keys", $$"""{"name":"k","role":"{{role}}"}""").Result.Json.GetProperty("key").GetString()!;
        (await host.PostAsync("/rates/rerate", """{"from":"2026-02-01T00:00:00Z"}""", Key("viewer"))).Is(HttpStatusCode.Forbidden);
        var finance = Key("finance");
        var preview = (await host.PostAsync("/rates/rerate", """{"from":"2026-02-01T00:00:00Z"}""", finance)).Is(HttpStatusCode.OK).Json;
        var apply = $$"""{"from":"2026-02-01T00:00:00Z","to":"{{preview.GetProperty("to")}}","apply":true,"id":"{{preview.GetProperty("id")}}"}""";
        (await host.PostAsync("/rates/rerate", apply, finance)).Is(HttpStatusCode.Forbidden);
        (await host.PostAsync("/rates/rerate", apply)).Is(HttpStatusCode.OK);
    }

    private static async Task RunAsync(TestProxy calls, TestProxy books)
    {
        var keys = new List<(string Tenant, string Key)>();
        foreach (var tenant in new[] { "acme", "beta" })
        {
            keys.Add((tenant, await calls.CreateTenantAsync(tenant, """{"markupPercent":20}""")));
            await calls.PutBudgetAsync(tenant, "money", """{"limit":{"usd":"1000"},"window":"month"}""");
            await calls.PutBudgetAsync(tenant, "calls", """{"limit":{"requests":1000},"window":"month"}""");
            await calls.PutBudgetAsync(tenant, "tokens", """{"limit":{"tokens":1000000},"window":"month"}""");
        }

        foreach (var (_, key) in keys)
        {
            using var client = calls.Client(key);
            await PricedCallTests.CallAsync(client);
            await PricedCallTests.CallAsync(client, extra: ""","service_tier":"flex" """);
            await PricedCallTests.CallAsync(client, "gpt-4o");
        }

        await calls.SendAsync(HttpMethod.Put, "rates/openai/gpt-4o-mini", Row);
        await calls.SendAsync(HttpMethod.Put, "tenants/beta/rates/openai/gpt-4o-mini", """{"effectiveFrom":"2026-01-02T00:00:00Z","percentOfList":50}""");
        var before = await BalancesAsync(calls);
        var preview = await RerateAsync(books, "{}");
        Assert.Equal((6, 4), (preview.GetProperty("total").GetProperty("entries").GetInt32(), preview.GetProperty("total").GetProperty("changed").GetInt32()));
        Assert.Equal(["openai/gpt-4o", "openai/gpt-4o-mini"], preview.GetProperty("byModel").EnumerateObject().Select(model => model.Name));
        Assert.Equal(before, await BalancesAsync(calls));
        Assert.Equal(3, (await calls.LedgerAsync("acme")).Count);

        Assert.Equal(HttpStatusCode.OK, await ApplyAsync(books, preview));
        Assert.Equal(HttpStatusCode.Conflict, await ApplyAsync(books, preview));
        foreach (var (tenant, share) in new[] { ("acme", 1m), ("beta", 0.5m) })
        {
            var entries = await calls.LedgerAsync(tenant);
            Assert.Equal(5, entries.Count);
            foreach (var correction in entries.Where(IsCorrection))
            {
                var first = Assert.Single(entries, entry => entry.GetProperty("id").GetString() == correction.GetProperty("adjusts").GetString());
                var tokens = first.GetProperty("tokens");
                var cost = ((tokens.GetProperty("input").GetInt64() * 1_000 * share) + (tokens.GetProperty("output").GetInt64() * 2_000 * share)) / 1_000_000;
                Assert.Equal(cost, PricedCallTests.Cost(first) + PricedCallTests.Cost(correction));
                Assert.Equal(cost * 1.2m, PricedCallTests.Usd(first, "chargedUsd") + PricedCallTests.Usd(correction, "chargedUsd"));
                Assert.Equal(0, correction.GetProperty("tokens").GetProperty("input").GetInt64());
                Assert.Equal(tenant == "beta" ? "openai/gpt-4o-mini@2026-01-02#beta" : "openai/gpt-4o-mini@2026-01-01", correction.GetProperty("rate").GetString());
            }

            var budgets = await calls.BudgetsAsync(tenant);
            Assert.Equal(entries.Sum(PricedCallTests.Cost), PricedCallTests.Usd(budgets["money"], "spent"));
            Assert.Equal(before[$"{tenant} calls"], budgets["calls"].GetProperty("spent").ToString());
            Assert.Equal(before[$"{tenant} tokens"], budgets["tokens"].GetProperty("spent").ToString());
        }

        var difference = PricedCallTests.Usd(preview.GetProperty("total"), "costDifferenceUsd");
        var all = (await calls.LedgerAsync("acme")).Concat(await calls.LedgerAsync("beta")).ToList();
        Assert.Equal(difference, all.Where(IsCorrection).Sum(PricedCallTests.Cost));
        Assert.Equal(0, (await RerateAsync(books, "{}")).GetProperty("total").GetProperty("changed").GetInt32());
        Assert.Equal(0, (await RerateAsync(books, """{"tenant":"nobody"}""")).GetProperty("total").GetProperty("entries").GetInt32());
        Assert.Equal(2, (await RerateAsync(books, """{"tenant":"acme","model":"gpt-4o-mini","provider":"openai"}""")).GetProperty("total").GetProperty("entries").GetInt32());
        Assert.Equal(0, (await RerateAsync(books, """{"provider":"anthropic"}""")).GetProperty("total").GetProperty("entries").GetInt32());
    }

    private static bool IsCorrection(JsonElement entry) => entry.GetProperty("adjusts").ValueKind == JsonValueKind.String;

    private static async Task<Dictionary<string, string>> BalancesAsync(TestProxy proxy)
    {
        var all = new Dictionary<string, string>();
        foreach (var tenant in new[] { "acme", "beta" })
        {
            foreach (var (name, budget) in await proxy.BudgetsAsync(tenant))
                all[$"{tenant} {name}"] = budget.GetProperty("spent").ToString();
        }

        return all;
    }

    private static Task<JsonElement> RerateAsync(TestProxy proxy, string scope) =>
        proxy.SendAsync(HttpMethod.Post, "rates/rerate", scope == "{}" ? $$"""{"from":"{{From}}"}""" : scope.Replace("{", $$"""{"from":"{{From}}",""", StringComparison.Ordinal));

    private static async Task<HttpStatusCode> ApplyAsync(TestProxy proxy, JsonElement preview)
    {
        var body = $$"""{"from":"{{From}}","to":"{{preview.GetProperty("to")}}","apply":true,"id":"{{preview.GetProperty("id")}}"}""";
        using var response = await proxy.Admin.PostAsync("rates/rerate", TestProxy.Json(body));
        return response.StatusCode;
    }
}
