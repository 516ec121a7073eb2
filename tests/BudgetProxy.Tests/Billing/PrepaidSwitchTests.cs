using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Ledger;
using BudgetProxy.Tests.Checks;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;
using Microsoft.Extensions.DependencyInjection;
using static BudgetProxy.Tests.Billing.BillingScene;

namespace BudgetProxy.Tests.Billing;

/// <summary>A tenant that goes from metered to prepaid and back, with calls in flight across each change and cut at any time: each call is billed or taken from credit, never both.</summary>
public sealed class PrepaidSwitchTests
{
    private const string Prepaid = """{"billing":"prepaid","budgets":[{"name":"credit","limit":{"chargedUsd":"0"},"window":"lifetime"}]}""";

    [Theory(Timeout = 240_000)]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(false, 3)]
    [InlineData(true, 4)]
    [InlineData(true, 5)]
    public async Task Each_call_is_billed_or_taken_from_credit_however_it_was_reserved_and_whenever_it_is_cut(bool isDistributed, int seed)
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(Meter);
        stripe.AddCustomer("cus_acme");
        await using var scene = await CheckScene.StartAsync(isDistributed, """{"stripeCustomerId":"cus_acme","markupPercent":25}""", settings: Settings(stripe));
        await scene.Proxy.SendAsync(HttpMethod.Put, "plans/before", Prepaid);
        var run = new Run(scene, stripe, new Random(seed));
        for (var step = 0; step < 70; step++)
            await run.StepAsync();
        await run.EndAsync();
    }

    /// <summary>A call at its provider when the plan changes, and not a reservation that a client holds.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_at_its_provider_is_paid_as_it_was_reserved(bool isDistributed)
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(Meter);
        stripe.AddCustomer("cus_acme");
        await using var scene = await CheckScene.StartAsync(isDistributed, """{"stripeCustomerId":"cus_acme"}""", settings: Settings(stripe));
        await scene.Proxy.SendAsync(HttpMethod.Put, "plans/before", Prepaid);
        var inFlight = (await scene.ReserveAsync("""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.5"}""")).Is(201);
        await scene.Proxy.SendAsync(HttpMethod.Patch, "tenants/acme", """{"plan":"before"}""");
        await scene.Proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"2"}""");
        (await scene.SettleAsync(inFlight.Id, """{"costUsd":"0.4"}""")).Is(200);
        Assert.Equal("2.00", await BalanceAsync(scene, "balanceUsd"));
        await CallAsync(scene.Client, 2);
        await ExportAsync(scene.Proxy.Admin);
        Assert.Equal(400_000, stripe.Books.Sum("cus_acme", Meter));
        var entries = await EntriesAsync(scene);
        Assert.Equal([false, true, true], entries.Select(entry => entry.Prepaid));
        Assert.Equal(entries.Skip(1).Sum(entry => entry.Charged.Value), Nanos(await BalanceAsync(scene, "spentUsd")));
        // The month's statement has both, to the nano-dollar.
        var statement = await scene.Proxy.Admin.GetFromJsonAsync<JsonElement>($"tenants/acme/statements/{entries[^1].SettledAt:yyyy-MM}");
        var billing = statement.GetProperty("billing");
        Assert.Equal(entries.Skip(1).Sum(entry => entry.Charged.Value), Nanos(billing.GetProperty("prepaidUsd").GetString()!));
        Assert.Equal("0.400000000", billing.GetProperty("billableUsd").GetString());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_balance_is_not_lost_whichever_way_a_tenant_would_leave_it()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.SendAsync(HttpMethod.Put, "plans/before", Prepaid);
        await proxy.SendAsync(HttpMethod.Put, "plans/after", "{}");
        var key = await proxy.CreateTenantAsync("acme", """{"plan":"before"}""");
        using var client = proxy.Client(key);
        await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"3.20"}""");
        (HttpMethod Method, string Path, string Body)[] ways =
        [
            (HttpMethod.Put, "tenants/acme", """{"plan":"after"}"""), (HttpMethod.Put, "tenants/acme", "{}"), (HttpMethod.Patch, "tenants/acme", """{"plan":null}"""),
            (HttpMethod.Put, "plans/before", Prepaid.Replace("prepaid", "metered", StringComparison.Ordinal)),
            (HttpMethod.Put, "plans/before", Prepaid.Replace("credit", "other", StringComparison.Ordinal)),
        ];
        foreach (var (method, path, body) in ways)
            Assert.Contains("a prepaid balance of 3.20 USD", await RefusedAsync(proxy, method, path, body), StringComparison.Ordinal);
        const string File = """{"plans":{"after":{}},"tenants":{"acme":{"plan":"after"}}}""";
        foreach (var query in new[] { "directory?apply=true", "directory", "directory?apply=true&prune=true" })
        {
            using var file = await proxy.Admin.PostAsync(query, TestProxy.Json(File));
            Assert.Contains("a prepaid balance of 3.20 USD", await file.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("before", (await proxy.Admin.GetFromJsonAsync<JsonElement>("tenants/acme")).GetProperty("plan").GetString());

        // No more than there is can be paid back, nor anything of a budget that keeps no credit.
        Assert.Contains("balance", await RefusedAsync(proxy, HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"-3.21"}"""), StringComparison.Ordinal);
        await proxy.PutBudgetAsync("acme", "day", """{"limit":{"usd":"5"},"window":"day"}""");
        using (var other = await proxy.Admin.PostAsync("tenants/acme/budgets/day/topup", TestProxy.Json("""{"usd":"-1"}""")))
            Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        using (var booked = await client.PostAsync("/v1/usage", TestProxy.Json("""{"id":"one","provider":"openai","model":"gpt-4o-mini","costUsd":"4"}""")))
            Assert.Equal(HttpStatusCode.OK, booked.StatusCode);
        Assert.Contains("\\\"usd\\\":\\\"0.80\\\"", (await RefusedAsync(proxy, HttpMethod.Patch, "tenants/acme", """{"plan":"after"}""")).Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);

        // Paid, with something over, and that paid back: now it goes, and comes back with nothing.
        await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"1"}""");
        await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"-0.2"}""");
        await proxy.SendAsync(HttpMethod.Patch, "tenants/acme", """{"plan":"after"}""");
        await proxy.SendAsync(HttpMethod.Patch, "tenants/acme", """{"plan":"before"}""");
        var balance = await proxy.Admin.GetFromJsonAsync<JsonElement>("tenants/acme/balance");
        Assert.Equal(("0.00", "0.00"), (balance.GetProperty("balanceUsd").GetString(), balance.GetProperty("creditUsd").GetString()));

        // A tenant is not deleted with a balance, by a file neither, unless that is said; and then the audit trail says how much it was.
        await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"7.50"}""");
        using (var refused = await proxy.Admin.DeleteAsync("tenants/acme"))
        {
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains("a prepaid balance of 7.50 USD", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        // A file that lacks it leaves it standing, with its plan, and does the rest.
        await proxy.CreateTenantAsync("other", "{}");
        foreach (var query in new[] { "directory?prune=true", "directory?apply=true&prune=true" })
        {
            using var pruned = await proxy.Admin.PostAsync(query, TestProxy.Json("{\"tenants\":{}}"));
            var outcome = JsonElement.Parse(await pruned.Content.ReadAsStringAsync());
            Assert.Equal(HttpStatusCode.OK, pruned.StatusCode);
            Assert.Contains("'acme' has a prepaid balance of 7.50 USD", Assert.Single(outcome.GetProperty("warnings").EnumerateArray()).GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Equal(["other", "after"], outcome.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("target").GetString()));
        }

        Assert.Equal("before", (await proxy.Admin.GetFromJsonAsync<JsonElement>("tenants/acme")).GetProperty("plan").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await proxy.Admin.GetAsync("tenants/other")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await proxy.Admin.DeleteAsync("tenants/acme?discardBalance=maybe")).StatusCode);
        // More came in since it was looked at.
        Assert.Equal(HttpStatusCode.Conflict, (await proxy.Admin.DeleteAsync("tenants/acme?discardBalance=7.499999999")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await proxy.Admin.DeleteAsync("tenants/acme?discardBalance=7.50")).StatusCode);
        Assert.Contains("\"prepaidBalanceUsd\":\"7.50\"", (await proxy.Admin.GetStringAsync("audit?action=tenant.delete")).Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\u0022", "\"", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tenant_that_owes_is_deleted_only_where_that_is_said()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.SendAsync(HttpMethod.Put, "plans/paid", Prepaid);
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme", """{"plan":"paid"}"""));
        await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"1"}""");
        using (var booked = await client.PostAsync("/v1/usage", TestProxy.Json("""{"id":"one","provider":"openai","model":"gpt-4o-mini","costUsd":"4"}""")))
            Assert.Equal(HttpStatusCode.OK, booked.StatusCode);
        Assert.Contains("a prepaid balance of -3.00 USD", await RefusedAsync(proxy, HttpMethod.Delete, "tenants/acme", ""), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await proxy.Admin.DeleteAsync("tenants/acme?discardBalance=0")).StatusCode);
    }

    private static async Task<string> RefusedAsync(TestProxy proxy, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = TestProxy.Json(body) };
        using var answer = await proxy.Admin.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Conflict, $"{method} {path} {body}: {answer.StatusCode} {text}");
        return text;
    }

    private static async Task<string> BalanceAsync(CheckScene scene, string name) =>
        (await scene.Proxy.Admin.GetFromJsonAsync<JsonElement>("tenants/acme/balance")).GetProperty(name).GetString()!;

    private static async Task<List<LedgerEntry>> EntriesAsync(CheckScene scene) =>
        await scene.Proxy.Services.GetRequiredService<ILedger>().StreamAsync(new LedgerFilter("acme"), default).ToListAsync();

    private static long Nanos(string usd) => (long)(decimal.Parse(usd, CultureInfo.InvariantCulture) * 1_000_000_000);

    private sealed class Run(CheckScene scene, SimulatedStripe stripe, Random random)
    {
        private readonly List<(string Id, bool IsPrepaid)> _open = [];
        private readonly HashSet<Guid> _before = [];
        private bool _isPrepaid;
        private int _usages;

        public Task StepAsync() => random.Next(10) switch
        {
            0 or 1 or 2 => ReserveAsync(),
            3 or 4 => SettleAsync(_ => true),
            5 => UseAsync(),
            6 when _isPrepaid => TopUpAsync((random.Next(1, 300) / 100m).ToString(CultureInfo.InvariantCulture)),
            7 when random.Next(2) == 0 => SwitchAsync(),
            8 => CheckAsync(),
            _ => ReserveAsync(),
        };

        public async Task EndAsync()
        {
            while (_open.Count > 0)
                await SettleAsync(_ => true);
            await CheckAsync();
            if (_isPrepaid)
                await SwitchAsync();
            await CheckAsync();
        }

        private async Task ReserveAsync()
        {
            var answer = await scene.ReserveAsync($$"""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.{{random.Next(1, 60):00}}"}""");
            if (_isPrepaid && answer.Status != HttpStatusCode.Created)
                return;
            _open.Add((answer.Is(201).Id, _isPrepaid));
        }

        private async Task SettleAsync(Func<(string Id, bool IsPrepaid), bool> which)
        {
            var some = _open.Where(which).ToList();
            if (some.Count == 0)
                return;
            var one = some[random.Next(some.Count)];
            _open.Remove(one);
            if (random.Next(6) == 0)
                (await scene.VoidAsync(one.Id)).Is(200);
            else
                (await scene.SettleAsync(one.Id, $$"""{"costUsd":"0.{{random.Next(1, 900_000_000):000000000}}"}""")).Is(200);
        }

        private async Task UseAsync() => (await scene.PostAsync(
            "/v1/usage", $$"""{"id":"u{{_usages++}}","provider":"openai","model":"gpt-4o-mini","costUsd":"0.{{random.Next(1, 900_000_000):000000000}}"}""")).Is(200);

        private async Task TopUpAsync(string usd) => await scene.Proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", $$"""{"usd":"{{usd}}"}""");

        private async Task SwitchAsync()
        {
            if (!_isPrepaid)
            {
                _before.UnionWith((await EntriesAsync(scene)).Select(entry => entry.Id));
                await scene.Proxy.SendAsync(HttpMethod.Patch, "tenants/acme", """{"plan":"before"}""");
                Assert.Equal("0.00", await BalanceAsync(scene, "balanceUsd"));
                _isPrepaid = true;
                return;
            }

            var balance = await BalanceAsync(scene, "balanceUsd");
            if (balance != "0.00" || _open.Exists(one => one.IsPrepaid))
                await RefusedAsync(scene.Proxy, HttpMethod.Patch, "tenants/acme", """{"plan":null}""");
            while (_open.Exists(one => one.IsPrepaid))
                await SettleAsync(one => one.IsPrepaid);
            await CheckAsync();
            balance = await BalanceAsync(scene, "balanceUsd");
            if (balance != "0.00")
                await TopUpAsync(balance.StartsWith('-') ? balance[1..] : "-" + balance);
            await scene.Proxy.SendAsync(HttpMethod.Patch, "tenants/acme", """{"plan":null}""");
            _isPrepaid = false;
        }

        /// <summary>After a run of the export, Stripe has what is not marked, and the credit of now has what is.</summary>
        private async Task CheckAsync()
        {
            await ExportAsync(scene.Proxy.Admin);
            var entries = await EntriesAsync(scene);
            Assert.All(entries, entry => Assert.NotNull(entry.Prepaid));
            var billed = entries.Where(entry => entry.Prepaid == false).Sum(entry => entry.Charged.Value);
            var buckets = await BucketsAsync(scene.Proxy.Admin);
            Assert.Equal(billed, buckets.Sum(bucket => Nanos(bucket.GetProperty("amountUsd").GetString()!)));
            Assert.Equal(billed / 1_000, stripe.Books.Sum("cus_acme", Meter));
            var paid = entries.Where(entry => entry.Prepaid == true && !_before.Contains(entry.Id)).Sum(entry => entry.Charged.Value);
            if (_isPrepaid)
                Assert.Equal(paid, Nanos(await BalanceAsync(scene, "spentUsd")));
        }
    }
}
