using System.Net;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;
using static BudgetProxy.Tests.Alerts.AlertScene;

namespace BudgetProxy.Tests.Alerts;

/// <summary>Real calls through the real proxy, and what a receiver on a real socket is told.</summary>
public sealed class AlertsEndToEndTests
{
    [Fact]
    public async Task Calls_that_cross_50_80_and_100_percent_ring_three_webhooks_once_each()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var proxy = await TestProxy.StartAsync();
        var secret = await PutWebhookAsync(proxy.Admin, "ops", receiver.Url, ""","events":["budget.threshold"]""");
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "calls", """{"per":"user","limit":{"requests":10},"window":"day","alertAt":[0.5,0.8,1.0]}""");
        using var client = proxy.Client(key);
        for (var i = 0; i < 4; i++)
            Assert.Equal(HttpStatusCode.OK, await CallAsync(client));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(client));
        var half = Assert.Single(await receiver.WaitAsync(1));
        Assert.Equal(("POST", "/hook?of=test"), (half.Method, half.Path));
        Assert.True(half.IsSignedWith(secret));
        Assert.False(half.IsSignedWith("whsec_" + Convert.ToBase64String(new byte[32])));
        Assert.Equal("application/json", half.Headers["Content-Type"]);
        Assert.Equal("budget.threshold", half.Type);
        Assert.Equal(half.Id, half.Json.GetProperty("id").GetString());
        Assert.Equal(
            ("acme", "calls", "user", "ada", 0.5m, 0.5m, 10, 5, 5),
            (half.Data.GetProperty("tenant").GetString(), half.Data.GetProperty("budget").GetString(), half.Data.GetProperty("per").GetString(),
            half.Data.GetProperty("value").GetString(), half.Data.GetProperty("threshold").GetDecimal(), half.Data.GetProperty("share").GetDecimal(),
            half.Data.GetProperty("limit").GetInt64(), half.Data.GetProperty("spent").GetInt64(), half.Data.GetProperty("remaining").GetInt64()));
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, await CallAsync(client));
        var all = await receiver.WaitAsync(3);
        Assert.Equal([0.5m, 0.8m, 1.0m], all.Select(one => one.Data.GetProperty("threshold").GetDecimal()).Order());
        Assert.Equal(3, all.Select(one => one.Id).Distinct().Count());

        // Refused, and another user at a few calls: nothing more rings. A second user's counter rings for itself.
        Assert.Equal(HttpStatusCode.PaymentRequired, await CallAsync(client));
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, await CallAsync(client, "bob"));
        all = await receiver.WaitAsync(4);
        Assert.Equal("bob", all[3].Data.GetProperty("value").GetString());
        Assert.Equal(4, (await WhenDeliveriesAsync(proxy.Admin, "delivered", 4)).Count);

        // A higher limit: 10 of 20 spent is half of what holds now, and that rings again.
        await proxy.PutBudgetAsync("acme", "calls", """{"per":"user","limit":{"requests":20},"window":"day","alertAt":[0.5,0.8,1.0]}""");
        Assert.Equal(HttpStatusCode.OK, await CallAsync(client));
        all = await receiver.WaitAsync(5);
        Assert.Equal((20, 11, 0.5m), (all[4].Data.GetProperty("limit").GetInt64(), all[4].Data.GetProperty("spent").GetInt64(), all[4].Data.GetProperty("threshold").GetDecimal()));
        Assert.Equal(5, receiver.Received.Count);

        var listed = await ListAsync(proxy.Admin, "alerts?tenant=acme&kind=budget.threshold");
        Assert.Equal(all.Select(one => one.Id).Order(), listed.Select(one => one.GetProperty("id").GetString()).Order());
        Assert.True(JsonElement.DeepEquals(all[4].Data, listed.Single(one => one.GetProperty("id").GetString() == all[4].Id).GetProperty("data")));
        Assert.DoesNotContain("whsec_", await proxy.Admin.GetStringAsync("alerts/deliveries") + await proxy.Admin.GetStringAsync("alerts/webhooks"), StringComparison.Ordinal);
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(proxy.BaseAddress, "/metrics"));
        Assert.Contains("budgetproxy_alerts_raised_total{kind=\"budget.threshold\"} 5\n", metrics, StringComparison.Ordinal);
        Assert.Contains("budgetproxy_alert_attempts_total{outcome=\"delivered\"} 5\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Money_rings_in_decimal_and_a_lower_limit_at_once()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var proxy = await TestProxy.StartAsync();
        await PutWebhookAsync(proxy.Admin, "ops", receiver.Url);
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"0.001"},"window":"month","alertAt":[0.05]}""");
        proxy.Provider.Script = _ => new SimulatedAnswer { OutputTokens = 100 };
        using var client = proxy.Client(key);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(client, maxTokens: 100));
        var rung = Assert.Single(await receiver.WaitAsync(1));
        Assert.Equal(("0.001", "usd", "month"), (rung.Data.GetProperty("limit").GetString(), rung.Data.GetProperty("unit").GetString(), rung.Data.GetProperty("window").GetString()));
        Assert.Equal(JsonValueKind.Null, rung.Data.GetProperty("per").ValueKind);
        Assert.Equal(
            decimal.Parse((await proxy.BudgetsAsync("acme"))["monthly"].GetProperty("spent").GetString()!), decimal.Parse(rung.Data.GetProperty("spent").GetString()!));
    }

    [Fact]
    public async Task Refusals_in_a_burst_ring_once_and_an_unpriced_model_once_a_day()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var proxy = await TestProxy.StartAsync();
        await PutWebhookAsync(proxy.Admin, "ops", receiver.Url);
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "none", """{"limit":{"requests":0},"window":"day","alertAt":[1.0]}""");
        using var client = proxy.Client(key);
        for (var i = 0; i < 19; i++)
            Assert.Equal(HttpStatusCode.PaymentRequired, await CallAsync(client));
        Assert.Equal(HttpStatusCode.PaymentRequired, await CallAsync(client, model: "no-such-model"));
        Assert.Equal(HttpStatusCode.PaymentRequired, await CallAsync(client, model: "no-such-model"));
        var model = Assert.Single(await receiver.WaitAsync(1));
        Assert.Equal(("model.unpriced", "no-such-model", true), (model.Type, model.Data.GetProperty("model").GetString(), model.Data.GetProperty("refused").GetBoolean()));
        // Twenty and more within a minute: the first minute may have turned on the way, so twice as many are sure to do.
        for (var i = 0; i < 41; i++)
            Assert.Equal(HttpStatusCode.PaymentRequired, await CallAsync(client));
        var burst = (await receiver.WaitAsync(2))[1];
        Assert.Equal(("refusals.burst", "acme", "budget_exceeded"), (burst.Type, burst.Data.GetProperty("tenant").GetString(), burst.Data.GetProperty("code").GetString()));
        Assert.True(burst.Data.GetProperty("refusalsInMinute").GetInt32() >= 20);
        using var stranger = proxy.Client("bp_wrong");
        for (var i = 0; i < 61; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(stranger));
        var strangers = (await receiver.WaitAsync(3))[2];
        Assert.Equal((JsonValueKind.Null, "invalid_api_key"), (strangers.Data.GetProperty("tenant").ValueKind, strangers.Data.GetProperty("code").GetString()));
    }
}
