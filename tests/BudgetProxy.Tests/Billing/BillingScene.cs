using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;

namespace BudgetProxy.Tests.Billing;

/// <summary>Calls through a real proxy that exports to a simulated Stripe.</summary>
internal static class BillingScene
{
    public const string Meter = "budgetproxy_micro_usd";

    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static (string Key, string Value)[] Settings(SimulatedStripe stripe) =>
    [
        ("Stripe:ApiKey", stripe.Key), ("Stripe:BaseUrl", stripe.Address), ("Stripe:RequestsPerSecond", "500"), ("Stripe:Interval", "01:00:00"),
    ];

    /// <summary>Makes a tenant that is linked to a customer.</summary>
    /// <returns>Its key.</returns>
    public static Task<string> TenantAsync(TestProxy proxy, string id, string fields = "") =>
        proxy.CreateTenantAsync(id, $$"""{"stripeCustomerId":"cus_{{id}}"{{fields}}}""");

    public static async Task CallAsync(HttpClient client, int calls = 1)
    {
        for (var i = 0; i < calls; i++)
        {
            using var answer = await client.PostAsync(
                "/openai/v1/chat/completions",
                TestProxy.Json($$"""{"model":"gpt-4o-mini","max_tokens":{{20 + i}},"messages":[{"role":"user","content":"Say something of {{i}} words."}]}"""));
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    /// <summary>Cuts and sends all, and answers what the proxy says of it.</summary>
    public static async Task<JsonElement> ExportAsync(HttpClient admin)
    {
        using var answer = await admin.PostAsync("exports/stripe", null);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    /// <summary>What the ledger charges a tenant, in nano-dollars.</summary>
    public static async Task<long> ChargedAsync(HttpClient admin, string tenant)
    {
        var usage = await admin.GetFromJsonAsync<JsonElement>($"usage?tenant={tenant}");
        return usage.GetProperty("items").EnumerateArray().Sum(row => (long)(decimal.Parse(row.GetProperty("chargedUsd").GetString()!) * 1_000_000_000));
    }

    public static async Task<List<JsonElement>> BucketsAsync(HttpClient admin, string query = "limit=1000") =>
        [.. (await admin.GetFromJsonAsync<JsonElement>($"exports/stripe/buckets?{query}")).GetProperty("items").EnumerateArray()];

    /// <summary>Stripe's books are the ledger's, to the micro-dollar, and every bucket has ended.</summary>
    public static async Task AssertBilledAsync(HttpClient admin, SimulatedStripe stripe, params string[] tenants)
    {
        foreach (var tenant in tenants)
            Assert.Equal((tenant, await ChargedAsync(admin, tenant) / 1000), (tenant, stripe.Books.Sum($"cus_{tenant}", Meter)));
        Assert.All(await BucketsAsync(admin), bucket => Assert.Contains(bucket.GetProperty("state").GetString(), (string[])["sent", "verified"]));
        var events = stripe.Books.Events;
        Assert.Equal(events.Count, events.Select(one => one.Identifier).Distinct().Count());
    }
}
