using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Batches;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Infrastructure;
using static BudgetProxy.Tests.Alerts.AlertScene;

namespace BudgetProxy.Tests.Alerts;

/// <summary>Alerts of proxies that are killed, share their stores, or lose them.</summary>
public sealed class SharedAlertTests
{
    private const string Shares = """{"per":"user","limit":{"requests":40},"window":"day","alertAt":[0.25,0.5,0.75,1.0]}""";

    [Fact(Timeout = 180_000)]
    public async Task Racing_calls_through_two_proxies_ring_each_share_once()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var redis = await RedisServer.StartAsync();
        (string, string)[] settings = [("Redis", redis.ConnectionString), ("Postgres", await Databases.NewAsync())];
        await using var first = await TestProxy.StartAsync(settings);
        await using var second = await TestProxy.StartAsync(settings);
        await PutWebhookAsync(first.Admin, "ops", receiver.Url, ""","events":["budget.threshold"]""");
        var key = await first.CreateTenantAsync("acme");
        await first.PutBudgetAsync("acme", "calls", Shares);
        await Poll.UntilAsync(async () => (await ListAsync(second.Admin, "tenants/acme/budgets")).Count == 1, Limit, "the second proxy knows the budget");
        await Poll.UntilAsync(async () => await CallAsync(second.Client(key), "probe") == HttpStatusCode.OK, Limit, "the second proxy knows the key");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            using var client = (worker % 2 == 0 ? first : second).Client(key);
            for (var i = 0; i < 25; i++)
                await CallAsync(client, $"u{i % 4}");
        }));
        // 200 calls of four users at 40 each: every share of every counter, once.
        var told = await receiver.WaitAsync(16);
        await Poll.UntilAsync(async () => (await WhenDeliveriesAsync(second.Admin, "delivered", 16)).Count == 16, Limit, "all are written down");
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.True(receiver.Received.Count == 16, string.Join("\n", receiver.Received.Select(one => System.Text.Encoding.UTF8.GetString(one.Body)).Order()) + await first.Admin.GetStringAsync("alerts/deliveries"));
        Assert.Equal(16, told.Select(one => (one.Data.GetProperty("value").GetString(), one.Data.GetProperty("threshold").GetDecimal())).Distinct().Count());
        Assert.Equal(16, (await ListAsync(first.Admin, "alerts?tenant=acme&kind=budget.threshold")).Count);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_proxy_killed_right_after_the_call_rings_when_it_is_back()
    {
        await using var provider = await SimulatedProvider.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        using var data = new TempFolder();
        await using var proxy = await ProxyProcess.StartAsync(Settings(provider, data.Path));
        using var admin = proxy.Admin();
        var secret = await PutWebhookAsync(admin, "ops", receiver.Url, ""","events":["budget.threshold"]""");
        var key = await TenantAsync(admin);
        using (var client = ClientOf(proxy, key))
        {
            for (var i = 0; i < 10; i++)
                Assert.Equal(HttpStatusCode.OK, await CallAsync(client));
        }

        await proxy.KillAsync();
        await proxy.RestartAsync();
        var told = await receiver.WaitAsync(1);
        Assert.All(told, one => Assert.True(one.IsSignedWith(secret)));
        Assert.Single(told.Select(one => one.Id).Distinct());
        Assert.Equal(0.25m, told[0].Data.GetProperty("threshold").GetDecimal());
    }

    [Fact(Timeout = 180_000)]
    public async Task A_proxy_killed_between_the_row_and_its_delivery_tells_it_with_the_same_id()
    {
        await using var provider = await SimulatedProvider.StartAsync();
        var port = FreePort.Next();
        using var data = new TempFolder();
        await using var proxy = await ProxyProcess.StartAsync(Settings(provider, data.Path));
        using var admin = proxy.Admin();
        await PutWebhookAsync(admin, "ops", $"http://127.0.0.1:{port}/", ""","events":["budget.threshold"]""");
        var key = await TenantAsync(admin);
        using (var client = ClientOf(proxy, key))
        {
            for (var i = 0; i < 10; i++)
                Assert.Equal(HttpStatusCode.OK, await CallAsync(client));
        }

        List<JsonElement> raised = [];
        await Poll.UntilAsync(async () => (raised = await ListAsync(admin, "alerts")).Count == 1, Limit, "it is raised");
        await proxy.KillAsync();
        await using var receiver = await WebhookReceiver.StartAsync(port);
        await proxy.RestartAsync();
        var told = await receiver.WaitAsync(1);
        Assert.Equal(raised[0].GetProperty("id").GetString(), told[0].Id);
        Assert.Single(await WhenDeliveriesAsync(proxy.Admin(), "delivered", 1));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_batchs_lines_ring_too()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var proxy = await BatchScene.StartAsync();
        await PutWebhookAsync(proxy.Admin, "ops", receiver.Url, ""","events":["budget.threshold"]""");
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "calls", """{"limit":{"requests":40},"window":"day","alertAt":[0.5]}""");
        using var client = proxy.Client(key);
        await BatchScene.CreatedAsync(client, await BatchScene.UploadedAsync(client, BatchScene.Lines(30, i => BatchScene.ChatLine($"{i}"))));
        var told = Assert.Single(await receiver.WaitAsync(1));
        Assert.InRange(told.Data.GetProperty("spent").GetInt64(), 20, 30);
    }

    [Fact(Timeout = 240_000)]
    public async Task An_outage_of_either_store_is_told_while_it_lasts_and_so_is_its_end()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var redis = await RedisServer.StartAsync();
        await using var server = await PostgresServer.StartAsync();
        await using var proxy = await TestProxy.StartAsync(("Redis", redis.ConnectionString), ("Postgres", await server.CreateDatabaseAsync()));
        await PutWebhookAsync(proxy.Admin, "ops", receiver.Url, ""","events":["store.outage","store.recovered"]""");

        redis.StopProcess();
        var counters = (await receiver.WaitAsync(1, Of("store.outage", "counters")))[0];
        Assert.NotEmpty(counters.Data.GetProperty("error").GetString()!);
        redis.ContinueProcess();
        await receiver.WaitAsync(1, Of("store.recovered", "counters"));

        // Without the database nothing can be written down: it is told directly, and raised with the same id later.
        await Task.Delay(TimeSpan.FromSeconds(4));
        await server.StopAsync(immediate: true);
        var database = (await receiver.WaitAsync(1, Of("store.outage", "database")))[0];
        await server.StartAgainAsync();
        await receiver.WaitAsync(1, Of("store.recovered", "database"));
        List<JsonElement> listed = [];
        await Poll.UntilAsync(
            async () => (listed = await ListAsync(proxy.Admin, "alerts?kind=store.outage")).Any(one => one.GetProperty("id").GetString() == database.Id), Limit, "it is in the history");
        Assert.DoesNotContain("Password", listed.Concat(await ListAsync(proxy.Admin, "alerts")).Aggregate("", (text, one) => text + one), StringComparison.OrdinalIgnoreCase);
    }

    [Fact(Timeout = 240_000)]
    public async Task Each_proxy_tells_of_each_outage_also_of_one_that_returns_soon()
    {
        await using var redis = await RedisServer.StartAsync();
        (string, string)[] settings = [("Redis", redis.ConnectionString), ("Postgres", await Databases.NewAsync())];
        await using var first = await TestProxy.StartAsync(settings);
        await using var second = await TestProxy.StartAsync(settings);
        for (var round = 1; round <= 2; round++)
        {
            redis.StopProcess();
            await ToldAsync("store.outage", 2 * round);
            redis.ContinueProcess();
            await ToldAsync("store.recovered", 2 * round);
        }

        async Task ToldAsync(string kind, int count) => await Poll.UntilAsync(
            async () => (await ListAsync(first.Admin, $"alerts?kind={kind}")).Count == count, Limit * 2, $"{count} of {kind} are told");
    }

    private static Func<ReceivedDelivery, bool> Of(string kind, string store) => one => one.Type == kind && one.Data.GetProperty("store").GetString() == store;

    private static Dictionary<string, string> Settings(SimulatedProvider provider, string folder) => new()
    {
        ["BudgetProxy__DataDirectory"] = folder,
        ["BudgetProxy__AdminKey"] = TestProxy.AdminKey,
        ["BudgetProxy__Providers__openai__BaseUrl"] = provider.OpenAiBaseUrl,
    };

    private static async Task<string> TenantAsync(HttpClient admin)
    {
        foreach (var (path, body) in new[] { ("tenants/acme", "{}"), ("tenants/acme/budgets/calls", Shares) })
        {
            using var put = await admin.PutAsync(path, TestProxy.Json(body));
            Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        }

        using var made = await admin.PostAsync("tenants/acme/keys", TestProxy.Json("""{"name":"main"}"""));
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    private static HttpClient ClientOf(ProxyProcess proxy, string key)
    {
        var client = new HttpClient { BaseAddress = proxy.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }
}
