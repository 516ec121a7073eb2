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
    public async Task What_a_plan_includes_is_free_and_a_meter_of_units_counts_what_is_billed()
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(Meter);
        stripe.AddMeter("calls");
        stripe.AddCustomer("cus_acme");
        stripe.AddCustomer("cus_paid");
        await using var proxy = await TestProxy.StartAsync([.. Settings(stripe), ("Stripe:SecondMeterEventName", "calls"), ("Stripe:SecondMeterUnit", "requests")]);
        await proxy.SendAsync(HttpMethod.Put, "plans/three", """{"budgets":[],"included":{"requests":3}}""");
        await proxy.SendAsync(
            HttpMethod.Put, "plans/before", """{"budgets":[{"name":"balance","limit":{"chargedUsd":"5.00"},"window":"lifetime"}],"billing":"prepaid"}""");
        using var acme = proxy.Client(await TenantAsync(proxy, "acme", ""","plan":"three","markupPercent":50"""));
        using var paid = proxy.Client(await TenantAsync(proxy, "paid", ""","plan":"before" """));
        await CallAsync(acme, 2);
        await CallAsync(paid, 2);
        await ExportAsync(proxy.Admin);
        Assert.Empty(stripe.Books.Events);
        await CallAsync(acme, 3);
        await ExportAsync(proxy.Admin);
        var entries = await proxy.LedgerAsync("acme");
        var billed = entries.Skip(3).Sum(entry => decimal.Parse(entry.GetProperty("chargedUsd").GetString()!));
        Assert.Equal((long)(billed * 1_000_000), stripe.Books.Sum("cus_acme", Meter));
        Assert.Equal(2, stripe.Books.Sum("cus_acme", "calls"));
        Assert.Equal(0, stripe.Books.Sum("cus_paid", Meter) + stripe.Books.Sum("cus_paid", "calls"));

        // A larger allowance acts for the whole month: what was billed is taken back.
        await proxy.SendAsync(HttpMethod.Put, "plans/three", """{"budgets":[],"included":{"requests":50}}""");
        await ExportAsync(proxy.Admin);
        Assert.Equal(0, stripe.Books.Sum("cus_acme", Meter) + stripe.Books.Sum("cus_acme", "calls"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Any_proxy_can_be_asked_and_one_of_them_exports()
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(Meter);
        stripe.AddCustomer("cus_acme");
        await using var redis = await RedisServer.StartAsync();
        (string, string)[] settings = [.. Settings(stripe), ("Redis", redis.ConnectionString), ("Postgres", await Databases.NewAsync())];
        await using var first = await TestProxy.StartAsync(settings);
        await using var second = await TestProxy.StartAsync(settings);
        using var client = first.Client(await TenantAsync(first, "acme"));
        foreach (var proxy in new[] { second, first, second })
        {
            await CallAsync(client, 2);
            Assert.True((await ExportAsync(proxy.Admin)).GetProperty("finished").GetBoolean());
            await AssertBilledAsync(proxy.Admin, stripe, "acme");
        }

        var holders = new List<bool>();
        foreach (var proxy in new[] { first, second })
            holders.Add((await proxy.Admin.GetFromJsonAsync<JsonElement>("exports/stripe")).GetProperty("holder").GetProperty("isThis").GetBoolean());
        Assert.Single(holders, holder => holder);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_needs_a_person_is_shown_with_what_to_do_rings_and_can_be_given_up()
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(Meter);
        await using var proxy = await TestProxy.StartAsync(Settings(stripe));
        using var nobody = proxy.Client(await TenantAsync(proxy, "acme"));
        using var unlinked = proxy.Client(await proxy.CreateTenantAsync("free"));
        await CallAsync(nobody);
        await CallAsync(unlinked);
        var state = await ExportAsync(proxy.Admin);
        var parked = Assert.Single(state.GetProperty("parked").EnumerateArray());
        Assert.Equal(("acme", "customer"), (parked.GetProperty("tenant").GetString(), parked.GetProperty("cause").GetString()));
        Assert.Contains("No such customer", parked.GetProperty("error").GetString());
        var waiting = Assert.Single(state.GetProperty("unlinked").EnumerateArray());
        Assert.Equal("free", waiting.GetProperty("tenant").GetString());
        Assert.Equal(await ChargedAsync(proxy.Admin, "free"), (long)(decimal.Parse(waiting.GetProperty("usd").GetString()!) * 1_000_000_000));
        await Poll.UntilAsync(
            async () => (await proxy.Admin.GetFromJsonAsync<JsonElement>("alerts?kind=billing.blocked")).GetProperty("items").GetArrayLength() == 1, Limit, "it rings");

        // The customer is made, and the operator asks for a run.
        stripe.AddCustomer("cus_acme");
        await ExportAsync(proxy.Admin);
        Assert.Equal(await ChargedAsync(proxy.Admin, "acme") / 1000, stripe.Books.Sum("cus_acme", Meter));
        using var bare = await proxy.Admin.PostAsync("exports/stripe/tenants/free/write-off", TestProxy.Json("{}"));
        Assert.Equal(HttpStatusCode.BadRequest, bare.StatusCode);
        var given = await proxy.SendAsync(HttpMethod.Post, "exports/stripe/tenants/free/write-off", """{"reason":"our own"}""");
        Assert.Equal((1, waiting.GetProperty("usd").GetString()), (given.GetProperty("buckets").GetInt64(), given.GetProperty("usd").GetString()));
        await proxy.SendAsync(HttpMethod.Put, "tenants/free", """{"stripeCustomerId":"cus_acme"}""");
        await ExportAsync(proxy.Admin);
        Assert.Single(stripe.Books.Events);
        var audit = await proxy.Admin.GetStringAsync("audit?action=billing.writeoff");
        Assert.Contains("our own", audit);
        using var again = await proxy.Admin.PostAsync($"exports/stripe/buckets/{stripe.Books.Events[0].Identifier}/retry", null);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        using var plain = new HttpClient { BaseAddress = proxy.BaseAddress };
        var metrics = await plain.GetStringAsync("/metrics");
        Assert.Contains("budgetproxy_billing_sent_total{meter=\"budgetproxy_micro_usd\"} 1", metrics);
        Assert.Contains("budgetproxy_billing_failures_total", metrics);
        Assert.Contains("budgetproxy_billing_pending", metrics);
        Assert.Contains("budgetproxy_billing_oldest_seconds", metrics);
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
