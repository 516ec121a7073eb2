using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Embedded;
using BudgetProxy.Storage;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;

namespace BudgetProxy.Tests.Stripe;

/// <summary>An event that came by webhook is worked off once, whoever is killed meanwhile and whichever proxies it comes to.</summary>
public sealed class StripeWebhookKillTests
{
    private const string Secret = "whsec_current";

    [Fact(Timeout = 240_000)]
    public async Task Killed_between_receipt_and_processing_the_event_is_kept_and_processed_once()
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        await using var provider = await SimulatedProvider.StartAsync();
        using var data = new TempFolder();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["BudgetProxy__DataDirectory"] = data.Path,
            ["BudgetProxy__AdminKey"] = TestProxy.AdminKey,
            ["BudgetProxy__Providers__openai__BaseUrl"] = provider.OpenAiBaseUrl,
            ["BudgetProxy__Stripe__ApiKey"] = stripe.Key,
            ["BudgetProxy__Stripe__BaseUrl"] = stripe.Address,
            ["BudgetProxy__Stripe__WebhookSecret"] = Secret,
        });
        using var admin = proxy.Admin();
        var id = stripe.Reports.Report(null, ("no_meter", 1, ["bp1:x"]));
        // It is received and answered; what it is about is asked for, and no answer comes.
        stripe.Faults.Add(StripeFault.SlowReply(TimeSpan.FromSeconds(20)), IsReport);
        Assert.Equal(200, (await stripe.Reports.SendAsync(proxy.BaseAddress, Secret, id)).Status);
        await Poll.UntilAsync(() => stripe.Books.Calls.Any(IsReport), TimeSpan.FromSeconds(60), "it is asked for");
        await proxy.KillAsync();
        using (var database = new EmbeddedDatabase(data.Path))
        using (var connection = database.OpenConnection())
        {
            Assert.Equal([(id, "pending")], connection.Query("SELECT id, state FROM stripe_events", row => (row.GetString(0), row.GetString(1))));
            Assert.Empty(connection.Query("SELECT id FROM stripe_rejects", row => row.GetString(0)));
            // As if the three minutes had passed for which the killed one had taken it.
            connection.Run("UPDATE stripe_events SET owned_until = 0");
        }

        await proxy.RestartAsync();
        await Poll.UntilAsync(async () => (await RejectsAsync(admin)).Count > 0, TimeSpan.FromSeconds(60), "it is worked off");
        // Stripe has no 200 of the first proxy's to go by, so it comes once more.
        Assert.Equal((200, "Kept before.\n"), await stripe.Reports.SendAsync(proxy.BaseAddress, Secret, id));
        Assert.Equal(id, Assert.Single(await RejectsAsync(admin)).GetProperty("event").GetString());
        Assert.Equal(2, stripe.Books.Calls.Count(IsReport));
    }

    [Fact(Timeout = 240_000)]
    public async Task Two_proxies_that_get_the_same_event_keep_it_once_and_one_of_them_asks()
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        await using var redis = await RedisServer.StartAsync();
        (string, string)[] settings =
        [
            ("Stripe:ApiKey", stripe.Key), ("Stripe:BaseUrl", stripe.Address), ("Stripe:WebhookSecret", Secret), ("Redis", redis.ConnectionString),
            ("Postgres", await Databases.NewAsync()),
        ];
        await using var first = await TestProxy.StartAsync(settings);
        await using var second = await TestProxy.StartAsync(settings);
        var ids = Enumerable.Range(0, 8).Select(i => stripe.Reports.Report(null, ("no_meter", 1, [$"bp1:{i}"]))).ToList();
        var answers = await Task.WhenAll(ids.SelectMany(id => new[] { first, second }.Select(proxy => stripe.Reports.SendAsync(proxy.BaseAddress, Secret, id))));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(8, answers.Count(answer => answer.Body == "Kept before.\n"));
        await Poll.UntilAsync(async () => (await RejectsAsync(second.Admin)).Count >= 8, TimeSpan.FromSeconds(60), "all are worked off");
        Assert.Equal(ids.Order(), (await RejectsAsync(first.Admin)).Select(one => one.GetProperty("event").GetString()).Order());
        Assert.Equal(8, stripe.Books.Calls.Count(IsReport));
    }

    private static bool IsReport(StripeCall call) => call.Path.StartsWith("/v2/core/events/", StringComparison.Ordinal);

    private static async Task<List<JsonElement>> RejectsAsync(HttpClient admin) =>
        [.. JsonElement.Parse(await admin.GetStringAsync("exports/stripe/rejects")).GetProperty("items").EnumerateArray()];
}
