using System.Net;
using System.Text;
using System.Text.Json;
using BudgetProxy.Billing;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;
using Microsoft.Extensions.DependencyInjection;
using static BudgetProxy.Tests.Billing.BillingScene;

namespace BudgetProxy.Tests.Billing;

/// <summary>What a deleted tenant used is never billed to another customer that is given its id.</summary>
public sealed class LeftUsageTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Uncut_usage_keeps_the_id_for_its_own_customer_and_goes_there(bool isDistributed)
    {
        await using var stripe = await StripeAsync("acme", "other");
        (string, string)[] settings = Settings(stripe);
        await using var redis = isDistributed ? await RedisServer.StartAsync() : null;
        if (redis is not null)
            settings = [.. settings, ("Redis", redis.ConnectionString), ("Postgres", await Databases.NewAsync())];
        await using var proxy = await TestProxy.StartAsync(settings);
        using (var client = proxy.Client(await TenantAsync(proxy, "acme")))
            await CallAsync(client, 2);
        await DeleteAsync(proxy, "acme");

        // At once: nothing of it is summed up yet, let alone cut.
        var why = await RefusedAsync(proxy, "acme", """{"stripeCustomerId":"cus_other"}""");
        Assert.Contains("1 hour that is not cut", why, StringComparison.Ordinal);
        Assert.Contains("POST /admin/v1/exports/stripe", why, StringComparison.Ordinal);
        Assert.Contains("cus_acme", why, StringComparison.Ordinal);
        await RefusedAsync(proxy, "acme", "{}");
        const string File = """
            tenants:
              acme: { stripeCustomerId: cus_other }
              fresh: {}
            """;
        foreach (var query in new[] { "", "?apply=true" })
        {
            using var file = new StringContent(File, Encoding.UTF8, "application/yaml");
            using var answer = await proxy.Admin.PostAsync("directory" + query, file);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            var error = Assert.Single(JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("errors").EnumerateArray());
            Assert.Equal((2, "tenants.acme"), (error.GetProperty("line").GetInt32(), error.GetProperty("path").GetString()));
            Assert.Contains("waits to be billed", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        using (var none = await proxy.Admin.GetAsync("tenants/fresh"))
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);

        // Nobody else is held up, and its own customer gets it.
        await proxy.SendAsync(HttpMethod.Put, "tenants/fresh", """{"stripeCustomerId":"cus_other"}""");
        await proxy.SendAsync(HttpMethod.Put, "tenants/acme", """{"stripeCustomerId":"cus_acme"}""");
        await ExportAsync(proxy.Admin);
        Assert.Equal(await ChargedAsync(proxy.Admin, "acme") / 1000, stripe.Books.Sum("cus_acme", Meter));
        Assert.Equal(0, stripe.Books.Sum("cus_other", Meter));

        // All is sent: the id is free.
        await DeleteAsync(proxy, "acme");
        await proxy.SendAsync(HttpMethod.Put, "tenants/acme", """{"stripeCustomerId":"cus_other"}""");
    }

    [Fact(Timeout = 120_000)]
    public async Task Buckets_that_wait_keep_the_id_until_they_are_sent_or_given_up()
    {
        await using var stripe = await StripeAsync("other");
        await using var proxy = await TestProxy.StartAsync(Settings(stripe));
        using (var client = proxy.Client(await TenantAsync(proxy, "acme")))
            await CallAsync(client, 2);
        await ExportAsync(proxy.Admin);
        await DeleteAsync(proxy, "acme");
        await RefusedAsync(proxy, "acme", """{"stripeCustomerId":"cus_other"}""");
        Assert.Contains("1 parked bucket ($", await RefusedAsync(proxy, "acme", """{"stripeCustomerId":"cus_other"}"""), StringComparison.Ordinal);
        await proxy.SendAsync(HttpMethod.Post, "exports/stripe/tenants/acme/write-off", """{"reason":"never paid"}""");
        using var next = proxy.Client(await proxy.CreateTenantAsync("acme", """{"stripeCustomerId":"cus_other"}"""));
        var before = await ChargedAsync(proxy.Admin, "acme");
        await CallAsync(next);
        await ExportAsync(proxy.Admin);
        Assert.Equal(((await ChargedAsync(proxy.Admin, "acme")) / 1000) - (before / 1000), stripe.Books.Sum("cus_other", Meter));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_deleted_tenant_used_goes_to_the_customer_that_it_was_linked_to_last(bool isDistributed)
    {
        await using var stripe = await StripeAsync("acme", "other");
        (string, string)[] settings = Settings(stripe);
        await using var redis = isDistributed ? await RedisServer.StartAsync() : null;
        if (redis is not null)
            settings = [.. settings, ("Redis", redis.ConnectionString), ("Postgres", await Databases.NewAsync())];
        await using var proxy = await TestProxy.StartAsync(settings);
        using var client = proxy.Client(await TenantAsync(proxy, "acme"));
        await CallAsync(client);
        await ExportAsync(proxy.Admin);
        var before = stripe.Books.Sum("cus_acme", Meter);
        await CallAsync(client, 2);
        // No cut has seen the tenant at its second customer.
        await proxy.SendAsync(HttpMethod.Patch, "tenants/acme", """{"stripeCustomerId":"cus_other"}""");
        await DeleteAsync(proxy, "acme");
        await ExportAsync(proxy.Admin);
        Assert.Equal(before, stripe.Books.Sum("cus_acme", Meter));
        Assert.Equal((await ChargedAsync(proxy.Admin, "acme") / 1000) - before, stripe.Books.Sum("cus_other", Meter));
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_an_export_ids_are_free()
    {
        await using var proxy = await TestProxy.StartAsync();
        Assert.Null(proxy.Services.GetService<LeftUsage>());
        using (var client = proxy.Client(await proxy.CreateTenantAsync("acme", """{"stripeCustomerId":"cus_acme"}""")))
            await CallAsync(client);
        await DeleteAsync(proxy, "acme");
        await proxy.SendAsync(HttpMethod.Put, "tenants/acme", """{"stripeCustomerId":"cus_other"}""");
    }

    private static async Task<SimulatedStripe> StripeAsync(params string[] customers)
    {
        var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(Meter);
        foreach (var customer in customers)
            stripe.AddCustomer("cus_" + customer);
        return stripe;
    }

    private static async Task DeleteAsync(TestProxy proxy, string tenant)
    {
        using var answer = await proxy.Admin.DeleteAsync($"tenants/{tenant}");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static async Task<string> RefusedAsync(TestProxy proxy, string tenant, string definition)
    {
        using var answer = await proxy.Admin.PutAsync($"tenants/{tenant}", TestProxy.Json(definition));
        var problem = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Conflict, problem);
        return JsonElement.Parse(problem).GetProperty("detail").GetString()!;
    }
}
