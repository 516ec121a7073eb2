using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;
using static BudgetProxy.Tests.Billing.BillingScene;

namespace BudgetProxy.Tests.Billing;

/// <summary>kill -9 of the proxy between any two steps of the export: in the end Stripe's books are the ledger's.</summary>
public sealed class ExportKillTests
{
    private static readonly string[] Tenants = ["acme", "beta", "gamma", "delta"];

    [Fact(Timeout = 240_000)]
    public async Task Killed_before_between_and_after_the_steps_it_bills_all_and_nothing_twice()
    {
        await using var stripe = await StripeAsync();
        await using var provider = await SimulatedProvider.StartAsync();
        using var data = new TempFolder();
        await using var proxy = await ProxyProcess.StartAsync(Settings(stripe, provider, data.Path));
        using var admin = proxy.Admin();
        var keys = await TenantsAsync(admin);

        // Cut and written down, and Stripe does not listen.
        await CallAllAsync(proxy, keys);
        await stripe.GoAwayAsync();
        await KilledAsync(proxy, admin, () => IsAtLeastAsync(admin, "pending", Tenants.Length));
        await stripe.ComeBackAsync();
        await EndAsync(admin, stripe);

        // On its way: Stripe has the request, and has not carried it out.
        await CallAllAsync(proxy, keys);
        stripe.Faults.Hold = TimeSpan.FromSeconds(3);
        var known = stripe.Books.Calls.Count(call => call.IsMeterEvent);
        await KilledAsync(proxy, admin, () => stripe.Books.Calls.Count(call => call.IsMeterEvent) > known);
        stripe.Faults.Clear();
        await EndAsync(admin, stripe);

        // Carried out, and nobody is there to take the answer.
        await CallAllAsync(proxy, keys);
        var accepted = stripe.Books.Events.Count;
        stripe.Faults.Add(StripeFault.SlowReply(TimeSpan.FromSeconds(3)), times: 4);
        await KilledAsync(proxy, admin, () => stripe.Books.Events.Count > accepted);
        stripe.Faults.Clear();
        await EndAsync(admin, stripe);
        // It was asked again for what it had: by the same identifier, which the books have once.
        Assert.Contains(stripe.Books.Calls.Where(call => call.IsMeterEvent).GroupBy(call => call["identifier"]), same => same.Count() > 1);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_at_any_moment_over_and_over_it_bills_all_and_nothing_twice(bool isDistributed)
    {
        await using var stripe = await StripeAsync();
        await using var provider = await SimulatedProvider.StartAsync();
        await using var redis = isDistributed ? await RedisServer.StartAsync() : null;
        using var data = new TempFolder();
        var settings = Settings(stripe, provider, data.Path);
        if (redis is not null)
            (settings["BudgetProxy__Redis"], settings["BudgetProxy__Postgres"]) = (redis.ConnectionString, await Databases.NewAsync());
        await using var proxy = await ProxyProcess.StartAsync(settings);
        using var admin = proxy.Admin();
        var keys = await TenantsAsync(admin);
        var random = new Random(7);
        StripeFault?[] faults = [null, null, StripeFault.DropReply, StripeFault.DropBefore, StripeFault.ErrorAfter, StripeFault.Conflict];
        stripe.Faults.Script = call => call.IsMeterEvent ? faults[call.EventNumber % faults.Length] : null;
        for (var kill = 0; kill < 8; kill++)
        {
            await CallAllAsync(proxy, keys);
            var export = AskAsync(admin);
            await Task.Delay(random.Next(400));
            await proxy.KillAsync();
            await export;
            await proxy.RestartAsync();
        }

        stripe.Faults.Clear();
        await EndAsync(admin, stripe);
    }

    private static async Task<SimulatedStripe> StripeAsync()
    {
        var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(Meter);
        foreach (var tenant in Tenants)
            stripe.AddCustomer($"cus_{tenant}");
        return stripe;
    }

    private static Dictionary<string, string> Settings(SimulatedStripe stripe, SimulatedProvider provider, string folder)
    {
        var settings = new Dictionary<string, string>
        {
            ["BudgetProxy__DataDirectory"] = folder,
            ["BudgetProxy__AdminKey"] = TestProxy.AdminKey,
            ["BudgetProxy__Providers__openai__BaseUrl"] = provider.OpenAiBaseUrl,
        };
        foreach (var (key, value) in BillingScene.Settings(stripe))
            settings["BudgetProxy__" + key.Replace(":", "__", StringComparison.Ordinal)] = value;
        return settings;
    }

    private static async Task<Dictionary<string, string>> TenantsAsync(HttpClient admin)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tenant in Tenants)
        {
            using var put = await admin.PutAsync($"tenants/{tenant}", TestProxy.Json($$"""{"stripeCustomerId":"cus_{{tenant}}"}"""));
            Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
            using var made = await admin.PostAsync($"tenants/{tenant}/keys", TestProxy.Json("""{"name":"main"}"""));
            keys[tenant] = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
        }

        return keys;
    }

    private static Task CallAllAsync(ProxyProcess proxy, Dictionary<string, string> keys) => Task.WhenAll(keys.Values.Select(async key =>
    {
        using var client = new HttpClient { BaseAddress = proxy.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        await CallAsync(client, 3);
    }));

    /// <summary>Asks for an export, kills the proxy once it has come so far, and starts it again.</summary>
    private static async Task KilledAsync(ProxyProcess proxy, HttpClient admin, Func<Task<bool>> when)
    {
        var export = AskAsync(admin);
        await Poll.UntilAsync(when, Limit, "the export has come so far");
        await proxy.KillAsync();
        await export;
        await proxy.RestartAsync();
    }

    private static Task KilledAsync(ProxyProcess proxy, HttpClient admin, Func<bool> when) => KilledAsync(proxy, admin, () => Task.FromResult(when()));

    private static async Task<bool> IsAtLeastAsync(HttpClient admin, string state, int buckets) =>
        (await admin.GetFromJsonAsync<JsonElement>("exports/stripe")).GetProperty("states").GetProperty(state).GetProperty("buckets").GetInt64() >= buckets;

    /// <summary>What becomes of the answer does not matter: the proxy is killed meanwhile.</summary>
    private static async Task AskAsync(HttpClient admin)
    {
        try
        {
            using var answer = await admin.PostAsync("exports/stripe", null);
        }
        catch (Exception ended) when (ended is HttpRequestException or SocketException)
        {
            // Killed; within the moment of connecting the client lets the socket's own error through.
        }
    }

    private static async Task EndAsync(HttpClient admin, SimulatedStripe stripe)
    {
        await Poll.UntilAsync(
            async () =>
            {
                await AskAsync(admin);
                return (await BucketsAsync(admin)).TrueForAll(bucket => bucket.GetProperty("state").GetString() == "sent");
            },
            Limit, "all is sent");
        await AssertBilledAsync(admin, stripe, Tenants);
    }
}
