using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using BudgetProxy.Tests.Billing;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetProxy.Tests.Statements;

/// <summary>Where the price at Stripe has the markup, events carry the cost: a statement still adds up to what is charged, and its buckets to the cost.</summary>
public sealed class StatementMarkupTests
{
    [Theory(Timeout = 180_000)]
    [InlineData(21, 0)]
    [InlineData(22, 50)]
    public async Task With_the_markup_in_the_price_buckets_are_of_the_cost_and_the_statement_of_what_is_charged(int seed, int free)
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(BillingScene.Meter);
        stripe.AddCustomer("cus_acme");
        var now = TimeProvider.System.GetUtcNow();
        await using var proxy = await TestProxy.StartAsync(
            [.. BillingScene.Settings(stripe), ("Stripe:Markup", "price"), ("Stripe:From", $"{now.AddDays(-30):yyyy-MM-dd'T'HH}:00:00Z")]);
        await proxy.SendAsync(HttpMethod.Put, "plans/pro", $$"""{"budgets":[]{{(free == 0 ? "" : $",\"included\":{{\"requests\":{free}}}")}}}""");
        await BillingScene.TenantAsync(proxy, "acme", ""","plan":"pro" """);
        var random = new Random(seed);
        var booked = new List<LedgerEntry>();
        foreach (var part in StatementBillingTests.Entries(seed, now).OrderBy(_ => random.Next()).Chunk(70))
        {
            await proxy.Services.GetRequiredService<ILedger>().AppendAsync(part, [], CancellationToken.None);
            booked.AddRange(part);
            // What a correction of another month's call goes by are that month's hours, which are added up a moment later.
            while ((await proxy.Services.GetRequiredService<ILedger>().RollUpAsync(1_000, CancellationToken.None)).Left > 0)
            {
                // Until all is.
            }

            if (random.Next(2) == 0)
                await BillingScene.ExportAsync(proxy.Admin);
            await CheckAsync(proxy, booked, free);
        }

        await BillingScene.ExportAsync(proxy.Admin);
        Assert.Equal(await CheckAsync(proxy, booked, free), stripe.Books.Sum("cus_acme", BillingScene.Meter));
    }

    /// <returns>Σ of what is sent, in micro-dollars.</returns>
    private static async Task<long> CheckAsync(TestProxy proxy, List<LedgerEntry> booked, int free)
    {
        var sent = 0L;
        foreach (var month in booked.GroupBy(entry => entry.SettledAt.ToString("yyyy-MM", CultureInfo.InvariantCulture)))
        {
            // By hand, once every correction has its call beside it: the first calls in settling order are free, and what corrects them, of whichever month it is.
            var isWhole = booked.All(entry => entry.Adjusts is null || booked.Exists(one => one.Id == entry.Adjusts));
            var included = booked.Where(entry => entry.Adjusts is null).GroupBy(entry => entry.SettledAt.ToString("yyyy-MM", CultureInfo.InvariantCulture))
                .SelectMany(of => of.OrderBy(entry => entry.SettledAt).Take(free)).Select(entry => entry.Id).ToHashSet();
            var billable = month.Where(entry => !included.Contains(entry.Adjusts ?? entry.Id)).ToList();
            var ours = await proxy.Admin.GetFromJsonAsync<JsonElement>($"tenants/acme/statements/{month.Key}?for=us");
            var (billing, total) = (ours.GetProperty("billing"), ours.GetProperty("total"));
            Assert.Equal((month.Sum(entry => entry.Charged.Value), month.Sum(entry => entry.Cost.Value)), (Nanos(total, "chargedUsd"), Nanos(total, "costUsd")));
            Assert.Equal(Nanos(total, "chargedUsd"), Nanos(billing, "beforeUsd") + Nanos(billing, "includedUsd") + Nanos(billing, "prepaidUsd") + Nanos(billing, "billableUsd"));
            if (isWhole)
                Assert.Equal(billable.Sum(entry => entry.Charged.Value), Nanos(billing, "billableUsd"));

            var stripe = billing.GetProperty("stripe");
            Assert.Equal("cost", stripe.GetProperty("of").GetString());
            if (isWhole)
                Assert.Equal(billable.Sum(entry => entry.Cost.Value), Nanos(stripe, "bucketedUsd") + Nanos(stripe, "notCutUsd"));
            var values = new[] { "sentMicroUsd", "waitingMicroUsd", "writtenOffMicroUsd" }.Sum(name => stripe.GetProperty(name).GetInt64());
            Assert.Equal(Nanos(stripe, "bucketedUsd"), (values * 1_000) + Nanos(stripe, "roundingUsd"));
            sent += stripe.GetProperty("sentMicroUsd").GetInt64();

            // What it costs us is none of the customer's business.
            var theirs = await proxy.Admin.GetFromJsonAsync<JsonElement>($"tenants/acme/statements/{month.Key}");
            Assert.Equal(JsonValueKind.Null, theirs.GetProperty("billing").GetProperty("stripe").ValueKind);
            Assert.DoesNotContain("cost", theirs.ToString(), StringComparison.OrdinalIgnoreCase);
        }

        return sent;
    }

    private static long Nanos(JsonElement of, string name) => NanoUsd.TryParse(of.GetProperty(name).GetString()!, out var amount) ? amount.Value : throw new FormatException(name);
}
