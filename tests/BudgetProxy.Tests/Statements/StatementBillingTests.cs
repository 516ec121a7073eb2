using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using BudgetProxy.Tests.Billing;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Distributed.Postgres;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetProxy.Tests.Statements;

/// <summary>Statements of random ledgers that were cut and sent at random moments: they agree with the ledger to the nano-dollar, and with buckets and Stripe to the micro-dollar.</summary>
public sealed class StatementBillingTests
{
    [Theory(Timeout = 180_000)]
    [InlineData(1, "", false)]
    [InlineData(2, """ "included":{"requests":60} """, false)]
    [InlineData(3, """ "included":{"usd":"2.345678901"} """, false)]
    [InlineData(4, """ "included":{"tokens":90000} """, false)]
    [InlineData(5, """ "included":{"requests":40} """, true)]
    [InlineData(6, "", true)]
    public async Task A_statement_agrees_with_ledger_buckets_and_stripe(int seed, string plan, bool isDistributed)
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(BillingScene.Meter);
        stripe.AddCustomer("cus_acme");
        var now = TimeProvider.System.GetUtcNow();
        (string, string)[] settings = [.. BillingScene.Settings(stripe), ("Stripe:From", $"{now.AddDays(-30):yyyy-MM-dd'T'HH}:00:00Z")];
        await using var redis = isDistributed ? await RedisServer.StartAsync() : null;
        if (redis is not null)
            settings = [.. settings, ("Redis", redis.ConnectionString), ("Postgres", await Databases.NewAsync())];
        await using var proxy = await TestProxy.StartAsync(settings);
        await proxy.SendAsync(HttpMethod.Put, "plans/pro", $$"""{"budgets":[]{{(plan.Length == 0 ? "" : "," + plan)}}}""");
        await BillingScene.TenantAsync(proxy, "acme", ""","plan":"pro" """);
        var random = new Random(seed);
        var entries = Entries(seed, now);
        var booked = new List<LedgerEntry>();
        // Booked in any order, and cut in between.
        foreach (var part in entries.OrderBy(_ => random.Next()).Chunk(70))
        {
            await proxy.Services.GetRequiredService<ILedger>().AppendAsync(part, [], CancellationToken.None);
            booked.AddRange(part);
            await CheckAsync(proxy, booked, exported: false);
            if (random.Next(2) == 0)
                continue;
            await BillingScene.ExportAsync(proxy.Admin);
            await CheckAsync(proxy, booked, exported: true);
        }

        await BillingScene.ExportAsync(proxy.Admin);
        var sent = await CheckAsync(proxy, booked, exported: true);
        Assert.Equal(sent, stripe.Books.Sum("cus_acme", BillingScene.Meter));
        if (plan.Contains("requests", StringComparison.Ordinal))
            CheckRequests(booked, await StatementsAsync(proxy, booked), plan);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_stripe_a_statement_says_what_the_plan_includes_and_what_is_prepaid()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.SendAsync(HttpMethod.Put, "plans/free", """{"budgets":[],"included":{"requests":2}}""");
        await proxy.CreateTenantAsync("acme", """{"plan":"free"}""");
        var at = TimeProvider.System.GetUtcNow();
        LedgerEntry[] entries = [.. Enumerable.Range(1, 4).Select(i => SomeEntries.One(Guid.CreateVersion7(at), at.AddMilliseconds(i - 10)) with { Charged = new NanoUsd(i * 1_000_000_000L), Cost = new NanoUsd(1) })];
        await proxy.Services.GetRequiredService<ILedger>().AppendAsync(entries, [], CancellationToken.None);
        var path = $"tenants/acme/statements/{entries[^1].SettledAt:yyyy-MM}";
        var billing = (await proxy.Admin.GetFromJsonAsync<JsonElement>(path)).GetProperty("billing");
        Assert.Equal(("3.000000000", "7.000000000", "0.000000000"), (Text(billing, "includedUsd"), Text(billing, "billableUsd"), Text(billing, "prepaidUsd")));
        Assert.Equal(JsonValueKind.Null, billing.GetProperty("stripe").ValueKind);
        var page = WebUtility.HtmlDecode(await proxy.Admin.GetStringAsync(path + "?format=html"));
        Assert.Contains("Included in the plan", page, StringComparison.Ordinal);
        Assert.Contains("$7.00", page, StringComparison.Ordinal);
        Assert.Contains("−$3.00", page, StringComparison.Ordinal);

        var csv = (await proxy.Admin.GetStringAsync(path + "?format=csv&for=us")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).ToList();
        var (section, charged) = (Array.IndexOf(csv[0], "section"), Array.IndexOf(csv[0], "chargedUsd"));
        Assert.All(csv, line => Assert.Equal(csv[0].Length, line.Length));
        Assert.Equal("3.000000000", csv.Single(line => line[section] == "included")[charged]);
        Assert.Equal("7.000000000", csv.Single(line => line[section] == "billable")[charged]);
    }

    /// <summary>In the last 30 days, each of its own millisecond, so that settling order is plain.</summary>
    internal static List<LedgerEntry> Entries(int seed, DateTimeOffset now)
    {
        var hour = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero);
        var until = hour.AddMinutes(-3);
        var entries = new SomeEntries(seed).Make(280, until, TimeSpan.FromDays(29), "acme").Select(row => row.Entry).ToList();
        return entries.ConvertAll(entry => entry with
        {
            SettledAt = DateTimeOffset.FromUnixTimeMilliseconds((entry.SettledAt.ToUnixTimeMilliseconds() / 1_000 * 1_000) + entries.IndexOf(entry)),
            Prepaid = false,
            Usage = entry.Usage with { Input = Math.Max(0, entry.Usage.Input) },
            Cost = new NanoUsd(entry.Cost.Value / 1_000_000_000),
            Charged = new NanoUsd((entry.Charged.Value / 100_000_000) - (entry.Adjusts is null ? 0 : 20_000_000)),
        });
    }

    /// <returns>Σ of the values that are sent.</returns>
    private static async Task<long> CheckAsync(TestProxy proxy, List<LedgerEntry> booked, bool exported)
    {
        long sent = 0;
        foreach (var (month, statement) in await StatementsAsync(proxy, booked))
        {
            var charged = booked.Where(entry => entry.SettledAt.ToString("yyyy-MM", CultureInfo.InvariantCulture) == month).Sum(entry => entry.Charged.Value);
            var billing = statement.GetProperty("billing");
            Assert.Equal(charged, Nanos(statement.GetProperty("total"), "chargedUsd"));
            Assert.Equal(charged, Nanos(billing, "beforeUsd") + Nanos(billing, "includedUsd") + Nanos(billing, "prepaidUsd") + Nanos(billing, "billableUsd"));
            Assert.Equal(0, Nanos(billing, "beforeUsd") + Nanos(billing, "prepaidUsd"));
            var stripe = billing.GetProperty("stripe");
            var values = new[] { "sentMicroUsd", "waitingMicroUsd", "writtenOffMicroUsd" }.Sum(name => stripe.GetProperty(name).GetInt64());
            Assert.Equal(Nanos(billing, "billableUsd"), Nanos(stripe, "bucketedUsd") + Nanos(stripe, "notCutUsd"));
            Assert.Equal(Nanos(stripe, "bucketedUsd"), (values * 1_000) + Nanos(stripe, "roundingUsd"));
            if (exported)
                Assert.Equal((0, values), (Nanos(stripe, "notCutUsd"), stripe.GetProperty("sentMicroUsd").GetInt64()));
            var first = DateTimeOffset.ParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            var buckets = await BillingScene.BucketsAsync(proxy.Admin, $"limit=1000&tenant=acme&from={first:yyyy-MM-dd}&to={first.AddMonths(1):yyyy-MM-dd}");
            Assert.Equal(buckets.Sum(bucket => bucket.GetProperty("value").GetInt64()), values);
            Assert.Equal(buckets.Sum(bucket => Nanos(bucket, "amountUsd")), Nanos(stripe, "bucketedUsd"));
            sent += stripe.GetProperty("sentMicroUsd").GetInt64();
        }

        return sent;
    }

    /// <summary>By hand: of each month the first calls in settling order are free, and what corrects them.</summary>
    private static void CheckRequests(List<LedgerEntry> booked, List<(string Month, JsonElement Statement)> statements, string plan)
    {
        var free = JsonElement.Parse("{" + plan + "}").GetProperty("included").GetProperty("requests").GetInt32();
        var first = booked.Where(entry => entry.Adjusts is null).GroupBy(entry => entry.SettledAt.ToString("yyyy-MM", CultureInfo.InvariantCulture))
            .SelectMany(month => month.OrderBy(entry => entry.SettledAt).Take(free)).Select(entry => entry.Id).ToHashSet();
        foreach (var (month, statement) in statements)
        {
            var included = booked.Where(entry => entry.SettledAt.ToString("yyyy-MM", CultureInfo.InvariantCulture) == month && first.Contains(entry.Adjusts ?? entry.Id)).Sum(entry => entry.Charged.Value);
            Assert.Equal((month, included), (month, Nanos(statement.GetProperty("billing"), "includedUsd")));
        }
    }

    private static async Task<List<(string Month, JsonElement Statement)>> StatementsAsync(TestProxy proxy, List<LedgerEntry> booked)
    {
        var statements = new List<(string, JsonElement)>();
        foreach (var month in booked.Select(entry => entry.SettledAt.ToString("yyyy-MM", CultureInfo.InvariantCulture)).Distinct())
            statements.Add((month, await proxy.Admin.GetFromJsonAsync<JsonElement>($"tenants/acme/statements/{month}")));
        return statements;
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static long Nanos(JsonElement of, string name) => NanoUsd.TryParse(Text(of, name), out var amount) ? amount.Value : throw new FormatException(name);
}
