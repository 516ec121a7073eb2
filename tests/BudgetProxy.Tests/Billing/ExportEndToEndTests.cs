using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;
using static BudgetProxy.Tests.Billing.BillingScene;

namespace BudgetProxy.Tests.Billing;

/// <summary>Calls through the proxy, exported: what Stripe's books have is what the ledger has.</summary>
public sealed class ExportEndToEndTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_customers_used_is_what_stripe_bills_them(bool isDistributed)
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(Meter);
        (string, string)[] settings = Settings(stripe);
        await using var redis = isDistributed ? await RedisServer.StartAsync() : null;
        if (redis is not null)
            settings = [.. settings, ("Redis", redis.ConnectionString), ("Postgres", await Databases.NewAsync())];
        await using var proxy = await TestProxy.StartAsync(settings);
        string[] tenants = ["acme", "beta", "gamma"];
        var clients = new List<HttpClient>();
        foreach (var tenant in tenants)
        {
            stripe.AddCustomer($"cus_{tenant}");
            clients.Add(proxy.Client(await TenantAsync(proxy, tenant, tenant == "beta" ? ""","markupPercent":17.5""" : "")));
        }

        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(clients.Select((client, i) => CallAsync(client, i + 1)));
            var state = await ExportAsync(proxy.Admin);
            Assert.True(state.GetProperty("finished").GetBoolean());
            await AssertBilledAsync(proxy.Admin, stripe, tenants);
        }

        var calls = stripe.Books.Calls.Count;
        await ExportAsync(proxy.Admin);
        Assert.Equal(calls, stripe.Books.Calls.Count);
        Assert.True(stripe.Books.Sum("cus_beta", Meter) > 0);
        var shown = await proxy.Admin.GetFromJsonAsync<JsonElement>("exports/stripe");
        Assert.True(shown.GetProperty("enabled").GetBoolean());
        Assert.Equal(0, shown.GetProperty("states").GetProperty("pending").GetProperty("buckets").GetInt64());
        Assert.Equal(9, shown.GetProperty("states").GetProperty("sent").GetProperty("buckets").GetInt64());
        foreach (var client in clients)
            client.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task Off_it_says_what_turns_it_on()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var answer = await proxy.Admin.PostAsync("exports/stripe", null);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("BudgetProxy__Stripe__ApiKey", await answer.Content.ReadAsStringAsync());
        var state = await proxy.Admin.GetFromJsonAsync<JsonElement>("exports/stripe");
        Assert.False(state.GetProperty("enabled").GetBoolean());
        Assert.Contains("BudgetProxy__Stripe__ApiKey", state.GetProperty("toDo").GetString());
    }
}
