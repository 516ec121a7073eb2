using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Insight;

/// <summary>What admins look at, over real calls through the real proxy.</summary>
public sealed class OverviewTests
{
    private const string Body = """{"model":"gpt-4o-mini","max_tokens":50,"messages":[{"role":"user","content":"Hello"}]}""";

    [Fact]
    public async Task Calls_and_refusals_show_in_the_overview_of_all_and_of_the_tenant()
    {
        await using var proxy = await TestProxy.StartAsync();
        await SpendAsync(proxy);

        var all = await Poll.ForAsync(() => proxy.Admin.GetFromJsonAsync<JsonElement>("overview?days=3"), o => Int(o.GetProperty("today"), "refused") == 2);
        var today = all.GetProperty("today");
        var entries = await proxy.LedgerAsync("acme");
        var cost = entries.Sum(entry => Usd(entry, "costUsd"));
        Assert.Equal(3, Int(today, "requests"));
        Assert.Equal(cost, Usd(today, "costUsd"));
        Assert.Equal(cost, Usd(all.GetProperty("month"), "costUsd"));
        Assert.Equal(entries.Sum(entry => Tokens(entry)), Int(today, "tokens"));
        Assert.Equal(5m, Usd(all, "budgetedMonthUsd"));

        Assert.Equal(3, all.GetProperty("series").EnumerateArray().Select(day => day.GetProperty("day").GetString()).Distinct().Count());
        Assert.Equal(cost, all.GetProperty("series").EnumerateArray().Sum(day => Usd(day, "costUsd")));
        Assert.Equal(cost, all.GetProperty("tenantSeries").EnumerateArray().Sum(day => Usd(day, "costUsd")));
        Assert.Equal(24, all.GetProperty("hours").GetArrayLength());
        Assert.Equal(2, all.GetProperty("hours").EnumerateArray().Sum(hour => Int(hour, "refused")));
        Assert.Equal(cost, all.GetProperty("hours").EnumerateArray().Sum(hour => Usd(hour, "costUsd")));

        var tenant = Assert.Single(all.GetProperty("tenants").EnumerateArray());
        Assert.Equal(("acme", "Acme Ltd", 1m), (tenant.GetProperty("tenant").GetString(), tenant.GetProperty("name").GetString(), tenant.GetProperty("share").GetDecimal()));
        Assert.Equal("gpt-4o-mini", Assert.Single(all.GetProperty("models").EnumerateArray()).GetProperty("model").GetString());
        Assert.Equal(["budget_exceeded", "invalid_api_key"], all.GetProperty("refusalCodes").EnumerateArray().Select(code => code.GetProperty("code").GetString()!).Order());
        var refused = Assert.Single(all.GetProperty("refusals").EnumerateArray(), one => one.GetProperty("code").GetString() == "budget_exceeded");
        Assert.Equal(
            ("acme", "tiny", "gpt-4o-mini", 1),
            (refused.GetProperty("tenant").GetString(), refused.GetProperty("budget").GetString(), refused.GetProperty("model").GetString(), Int(refused, "count")));
        Assert.Equal(JsonValueKind.Null, Assert.Single(all.GetProperty("refusals").EnumerateArray(), one => one.GetProperty("code").GetString() == "invalid_api_key").GetProperty("tenant").ValueKind);

        Assert.Equal(3, Int(all.GetProperty("estimates"), "calls"));
        Assert.Equal(entries.Sum(entry => Usd(entry, "reservedUsd")), Usd(all.GetProperty("estimates"), "reservedUsd"));
        var nearest = all.GetProperty("nearest").EnumerateArray().ToList();
        Assert.Equal("monthly", nearest[0].GetProperty("budget").GetString());
        Assert.Equal((cost, "usd"), (Usd(nearest[0], "spent"), nearest[0].GetProperty("unit").GetString()));
        Assert.False(all.TryGetProperty("users", out _));

        var own = await proxy.Admin.GetFromJsonAsync<JsonElement>("tenants/acme/overview");
        Assert.Equal((30, 1), (Int(own, "days"), Int(own.GetProperty("today"), "refused")));
        Assert.Equal(["ann", null], own.GetProperty("users").EnumerateArray().OrderBy(user => Int(user, "requests")).Select(user => user.GetProperty("user").GetString()));
        Assert.False(own.TryGetProperty("tenants", out _) || own.TryGetProperty("tenantSeries", out _));
        Assert.Equal(0, Int((await proxy.Admin.GetFromJsonAsync<JsonElement>("tenants/quiet/overview")).GetProperty("today"), "requests"));
    }

    [Fact]
    public async Task Tenants_are_searched_sorted_and_paged_with_what_they_spent()
    {
        await using var proxy = await TestProxy.StartAsync();
        await SpendAsync(proxy);
        for (var i = 0; i < 5; i++)
            await proxy.SendAsync(HttpMethod.Put, $"tenants/t{i}", $$"""{"name":"{{(i % 2 == 0 ? "Even" : "Odd")}} {{i}}"}""");

        var found = await proxy.Admin.GetFromJsonAsync<JsonElement>("tenants?search=EVEN&sort=-name&limit=2");
        Assert.Equal((3, "t2"), (Int(found, "total"), found.GetProperty("next").GetString()));
        Assert.Equal(["t4", "t2"], Ids(found));
        Assert.Equal(["t0"], Ids(await proxy.Admin.GetFromJsonAsync<JsonElement>("tenants?search=EVEN&sort=-name&limit=2&after=t2")));

        var dearest = (await proxy.Admin.GetFromJsonAsync<JsonElement>("tenants?sort=-spend")).GetProperty("items")[0];
        Assert.Equal(("acme", 3), (dearest.GetProperty("id").GetString(), Int(dearest, "requestsMonth")));
        Assert.Equal((await proxy.LedgerAsync("acme")).Sum(entry => Usd(entry, "costUsd")), Usd(dearest, "spentMonthUsd"));
        Assert.InRange(dearest.GetProperty("tightestShare").GetDecimal(), 0m, 0.001m);
        Assert.Equal(HttpStatusCode.BadRequest, (await proxy.Admin.GetAsync("tenants?sort=size")).StatusCode);
        Assert.Equal(["acme", "quiet", "t0"], Ids(await proxy.Admin.GetFromJsonAsync<JsonElement>("tenants?limit=3")));
    }

    [Fact]
    public async Task Calls_come_newest_first_page_by_page()
    {
        await using var proxy = await TestProxy.StartAsync();
        await SpendAsync(proxy);
        var ledger = (await proxy.LedgerAsync("acme")).ConvertAll(entry => entry.GetProperty("id").GetString()!);
        ledger.Reverse();
        Assert.Equal(ledger, Ids(await proxy.Admin.GetFromJsonAsync<JsonElement>("calls")));
        Assert.Equal([ledger[0]], Ids(await proxy.Admin.GetFromJsonAsync<JsonElement>("calls?user=ann")));
        Assert.Empty(Ids(await proxy.Admin.GetFromJsonAsync<JsonElement>("calls?tenant=acme&status=500")));

        var paged = new List<string>();
        string? next = "";
        for (var after = ""; next is not null; after = "&after=" + next)
        {
            var page = await proxy.Admin.GetFromJsonAsync<JsonElement>($"calls?tenant=acme&limit=2{after}");
            paged.AddRange(Ids(page));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(ledger, paged);
        Assert.Equal(HttpStatusCode.BadRequest, (await proxy.Admin.GetAsync("calls?after=nowhere")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await proxy.Admin.GetAsync("calls?limit=201")).StatusCode);
    }

    [Fact]
    public async Task Live_and_health_tell_how_it_goes()
    {
        await using var proxy = await TestProxy.StartAsync();
        await SpendAsync(proxy);
        var live = await Poll.ForAsync(() => proxy.Admin.GetFromJsonAsync<JsonElement>("live"), seen => seen.GetProperty("refusalsPerSecond").GetDecimal() > 0);
        Assert.True(live.GetProperty("callsPerSecond").GetDecimal() > 0);
        Assert.Equal("acme", live.GetProperty("tenants")[0].GetProperty("tenant").GetString());
        Assert.Equal(0, Int(live, "callsInFlight"));
        Assert.Equal(0m, Usd(live, "heldUsd"));

        var health = await proxy.Admin.GetFromJsonAsync<JsonElement>("health");
        Assert.Equal("embedded", health.GetProperty("mode").GetString());
        Assert.True(health.GetProperty("stores")[0].GetProperty("ok").GetBoolean());
        Assert.Equal(0, Int(health, "clockSkewMs"));
        Assert.True(Int(health.GetProperty("rates"), "rows") > 100);
        Assert.False(health.TryGetProperty("providers", out _));
        var providers = (await proxy.Admin.GetFromJsonAsync<JsonElement>("health?providers=true")).GetProperty("providers");
        var openai = Assert.Single(providers.EnumerateArray(), one => one.GetProperty("name").GetString() == "openai");
        Assert.Equal("ok", openai.GetProperty("credential").GetString());
        Assert.DoesNotContain(TestProxy.OpenAiKey, providers.GetRawText(), StringComparison.Ordinal);
    }

    /// <summary>Three calls of acme that are served, one of them by ann; one that a budget refuses; and one of a stranger.</summary>
    private static async Task SpendAsync(TestProxy proxy)
    {
        var key = await proxy.CreateTenantAsync("acme", """{"name":"Acme Ltd","markupPercent":10}""");
        await proxy.CreateTenantAsync("quiet");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"5.00"},"window":"month"}""");
        await proxy.PutBudgetAsync("acme", "tiny", """{"limit":{"usd":"0.00"},"window":"month","match":{"user":"bob"}}""");
        using var client = proxy.Client(key);
        foreach (var (user, status) in new (string?, HttpStatusCode)[] { (null, HttpStatusCode.OK), (null, HttpStatusCode.OK), ("ann", HttpStatusCode.OK), ("bob", HttpStatusCode.PaymentRequired) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/openai/v1/chat/completions") { Content = TestProxy.Json(Body) };
            if (user is not null)
                request.Headers.Add("X-BudgetProxy-User", user);
            Assert.Equal(status, (await client.SendAsync(request)).StatusCode);
        }

        using var stranger = proxy.Client("bp_nobody");
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsync("/openai/v1/chat/completions", TestProxy.Json(Body))).StatusCode);
    }

    private static long Tokens(JsonElement entry) =>
        new[] { "input", "cachedInput", "cacheWriteShort", "cacheWriteLong", "output" }.Sum(bucket => entry.GetProperty("tokens").GetProperty(bucket).GetInt64());

    private static List<string> Ids(JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];

    private static int Int(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static decimal Usd(JsonElement json, string name) => decimal.Parse(json.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
