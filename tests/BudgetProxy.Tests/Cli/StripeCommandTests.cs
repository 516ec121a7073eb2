using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;

namespace BudgetProxy.Tests.Cli;

/// <summary><c>budgetproxy stripe</c>, and what the doctor says of Stripe.</summary>
public sealed class StripeCommandTests : IAsyncLifetime
{
    private SimulatedStripe _stripe = null!;
    private CliProxy _cli = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await SimulatedStripe.StartAsync();
        _cli = await CliProxy.StartAsync(
            ("Stripe:ApiKey", _stripe.Key), ("Stripe:BaseUrl", _stripe.Address), ("Stripe:RequestsPerSecond", "1000"), ("Stripe:WebhookSecret", "whsec_cli"));
    }

    public async ValueTask DisposeAsync()
    {
        await _cli.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Setup_shows_a_plan_does_it_and_finds_it_done()
    {
        await _cli.Proxy.CreateTenantAsync("acme", """{"name":"Acme"}""");
        var plan = await _cli.RunAsync("stripe", "setup", "--plan", "--create-customers");
        Assert.Equal(7, plan.Code);
        Assert.Matches("(?m)^meter +budgetproxy_micro_usd +create +-$", plan.Output);
        Assert.Contains("That is the plan; nothing was done.", plan.Output, StringComparison.Ordinal);
        var done = (await _cli.RunAsync("stripe", "setup", "--create-customers")).Ok();
        Assert.Matches("(?m)^meter +budgetproxy_micro_usd +created +mtr_test_sim1$", done.Output);
        Assert.Matches("(?m)^customer +acme +created +cus_Sim000001$", done.Output);
        var again = (await _cli.RunAsync("stripe", "setup")).Ok();
        Assert.Matches("(?m)^price +budgetproxy_micro_usd +kept +price_sim1$", again.Output);
        Assert.Contains("All is there: nothing was changed. 1 tenant was linked before.", again.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(0, (await _cli.RunAsync("stripe", "setup", "--plan", "--json")).Ok().Json.GetProperty("remaining").GetInt32());

        (await _cli.RunAsync("stripe", "setup", "--markup-percent", "20")).Fails(2, "--markup-percent: Is each tenant's own here");
        (await _cli.RunAsync("stripe", "setup", "--markup-percent", "twenty")).Fails(2, "is not a number such as 20 or 12.5");
        (await _cli.RunAsync("stripe", "setup", "--second-unit-cents", "1")).Fails(2, "--second-unit-cents: There is no second meter");
        _stripe.Catalog.Change("price_sim1", "currency", "eur");
        var differs = await _cli.RunAsync("stripe", "setup");
        Assert.Equal(1, differs.Code);
        Assert.Contains("its currency is eur, not usd.", differs.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        (await _cli.RunAsAsync(await _cli.KeyOfAsync("finance"), "stripe", "setup")).Fails(4, "admin");
    }

    [Fact]
    public async Task Hundreds_of_customers_are_made_in_as_many_runs_as_it_takes()
    {
        // 501 is one more than a run makes.
        for (var i = 0; i < 501; i++)
            await _cli.Proxy.SendAsync(HttpMethod.Put, $"tenants/t{i}", "{}");
        Assert.Equal(1, (await _cli.RunAsync("stripe", "setup", "--create-customers", "--json")).Ok().Json.GetProperty("remaining").GetInt32());
        var rest = (await _cli.RunAsync("stripe", "setup", "--create-customers")).Ok();
        Assert.Contains("500 tenants were linked before.", rest.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(501, _stripe.Catalog.Customers.Count);
        Assert.Equal(501, _stripe.Catalog.Customers.Select(customer => customer.Metadata["tenant_id"]).Distinct().Count());
    }

    [Fact]
    public async Task Usage_is_sent_watched_tried_again_and_given_up()
    {
        var key = await _cli.Proxy.CreateTenantAsync("acme", """{"markupPercent":20}""");
        await _cli.CallAsync(key, "acme");
        (await _cli.RunAsync("stripe", "setup")).Ok();
        // Without a customer it waits.
        var waits = (await _cli.RunAsync("stripe", "run")).Ok();
        Assert.Contains("Tenants without a Stripe customer whose usage waits: 1", waits.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^pending +1 +\$0\.0", waits.Output);
        (await _cli.RunAsync("stripe", "setup", "--create-customers")).Ok();
        var sent = (await _cli.RunAsync("stripe", "run")).Ok();
        Assert.Matches(@"(?m)^sent +1 +\$0\.0", sent.Output);
        Assert.DoesNotContain("whose usage waits", sent.Output, StringComparison.Ordinal);
        var only = Assert.Single(_stripe.Books.Events);
        Assert.Equal(("cus_Sim000001", "budgetproxy_micro_usd"), (only.Customer, only.EventName));
        var table = (await _cli.RunAsync("stripe", "buckets", "--tenant", "acme", "--today")).Ok();
        Assert.Matches($@"(?m)^acme +\d{{4}}-\d\d-\d\d \d\d:00:00 +budgetproxy_micro_usd +\$0\.\d+ +{only.Value} +sent +\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d +1 +- +[0-9a-f-]{{36}}$", table.Output);
        Assert.Contains("There are no such buckets.", (await _cli.RunAsync("stripe", "buckets", "--state", "dead")).Ok().Output, StringComparison.Ordinal);
        var bucket = (await _cli.RunAsync("stripe", "buckets", "--json")).Ok().Json.GetProperty("items")[0].GetProperty("id").GetString()!;
        (await _cli.RunAsync("stripe", "retry", bucket)).Fails(5, "Only a bucket that is parked, dead or unknown can be tried again");
        (await _cli.RunAsync("stripe", "retry", "nonsense")).Fails(3, "no such bucket");

        // Its customer is gone: parked until it is linked anew, or given up.
        _stripe.Catalog.Customers[0].IsDeleted = true;
        await _cli.CallAsync(key, "acme", booked: 2);
        var parked = await _cli.RunAsync("stripe", "run");
        Assert.Equal(1, parked.Code);
        Assert.Matches(@"(?m)^parked +1 +\$0\.0", parked.Output);
        Assert.Contains("What waits for somebody: 1", parked.Output, StringComparison.Ordinal);
        Assert.Contains("No such customer", (await _cli.RunAsync("stripe", "buckets", "--state", "parked")).Ok().Output, StringComparison.Ordinal);
        Assert.Equal(1, (await _cli.RunAsync("stripe", "status")).Code);
        var held = (await _cli.RunAsync("stripe", "buckets", "--state", "parked", "--json")).Ok().Json.GetProperty("items")[0].GetProperty("id").GetString()!;
        Assert.Contains("is tried at once", (await _cli.RunAsync("stripe", "retry", held)).Ok().Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        (await _cli.RunAsync("stripe", "write-off", "acme")).Fails(2, "--reason");
        (await _cli.RunAsync("stripe", "write-off", "acme", "--reason", "trial")).Fails(2, "--yes does it");
        await _cli.RunAsync("stripe", "run");
        Assert.Matches(@"^1 buckets of acme are written off: \$0\.0", (await _cli.RunAsync("stripe", "write-off", "acme", "--reason", "trial", "--yes")).Ok().Output);
        Assert.Matches(@"(?m)^written-off +1 +\$0\.0", (await _cli.RunAsync("stripe", "status")).Ok().Output);
        (await _cli.RunAsync("stripe", "write-off", "acme", "--reason", "trial", "--yes")).Fails(3, "Nothing of this tenant waits");
        Assert.True((await _cli.RunAsync("stripe", "status", "--json")).Ok().Json.GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task Without_a_key_the_commands_say_how_to_turn_the_export_on()
    {
        await using var off = await CliProxy.StartAsync();
        var status = await off.RunAsync("stripe", "status");
        Assert.Equal(1, status.Code);
        Assert.Contains("BudgetProxy__Stripe__ApiKey", status.Output, StringComparison.Ordinal);
        (await off.RunAsync("stripe", "run")).Fails(5, "BudgetProxy__Stripe__ApiKey");
        (await off.RunAsync("stripe", "setup")).Fails(5, "BudgetProxy__Stripe__ApiKey");
        Assert.DoesNotContain("stripe", (await off.RunAsync("doctor")).Ok().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Stripe_threw_away_is_dead_until_it_is_retried_and_is_billed_once()
    {
        var key = await _cli.Proxy.CreateTenantAsync("acme");
        (await _cli.RunAsync("stripe", "setup", "--create-customers")).Ok();
        _stripe.Faults.Add(StripeFault.RejectLater);
        await _cli.CallAsync(key, "acme");
        (await _cli.RunAsync("stripe", "run")).Ok();
        var thrown = Assert.Single(_stripe.Books.Events);
        Assert.Equal(0, _stripe.Books.Sum("cus_Sim000001", "budgetproxy_micro_usd"));
        Assert.Equal(200, (await _stripe.Reports.SendAsync(_cli.Proxy.BaseAddress, "whsec_cli", Assert.Single(_stripe.Reports.ReportRejected()))).Status);
        await Poll.UntilAsync(async () => (await _cli.RunAsync("stripe", "status")).Code == 1, TimeSpan.FromSeconds(30), "it is known to be thrown away");
        var dead = (await _cli.RunAsync("stripe", "buckets", "--state", "dead", "--json")).Ok().Json.GetProperty("items")[0];
        Assert.Equal("rejected", dead.GetProperty("cause").GetString());
        Assert.NotEqual(thrown.Identifier, dead.GetProperty("identifier").GetString());
        Assert.Contains("threw it away afterwards; the error says why. Mend that, then retry it", (await _cli.RunAsync("stripe", "status")).Output.ReplaceLineEndings(" ").Replace("     ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("acme", (await _cli.RunAsync("stripe", "rejects", "--tenant", "acme", "--json")).Ok().Json.GetProperty("items")[0].GetProperty("tenant").GetString());
        (await _cli.RunAsync("stripe", "resend", dead.GetProperty("id").GetString()!)).Fails(5, "this one is dead");
        (await _cli.RunAsync("stripe", "retry", dead.GetProperty("id").GetString()!)).Ok();
        (await _cli.RunAsync("stripe", "run")).Ok();
        Assert.Equal(thrown.Value, _stripe.Books.Sum("cus_Sim000001", "budgetproxy_micro_usd"));
        Assert.Equal(2, _stripe.Books.Events.Count);
        var sent = (await _cli.RunAsync("stripe", "buckets", "--json")).Ok().Json.GetProperty("items")[0].GetProperty("id").GetString()!;
        (await _cli.RunAsync("stripe", "resend", sent)).Fails(5, "less than an hour ago");
    }

    [Fact]
    public async Task Ledger_and_Stripe_are_compared_to_the_micro_dollar()
    {
        Assert.Contains("Nothing was sent, or waits to be, in this time.", (await _cli.RunAsync("stripe", "reconcile")).Ok().Output, StringComparison.Ordinal);
        var (good, bad) = (await _cli.Proxy.CreateTenantAsync("good"), await _cli.Proxy.CreateTenantAsync("wrong"));
        (await _cli.RunAsync("stripe", "setup", "--create-customers")).Ok();
        await _cli.CallAsync(good, "good");
        await _cli.CallAsync(bad, "wrong");
        (await _cli.RunAsync("stripe", "run")).Ok();
        var customer = _stripe.Catalog.Customers.Single(one => one.Metadata["tenant_id"] == "wrong").Id;
        var lost = _stripe.Books.Events.Single(one => one.Customer == customer);
        lost.RejectedFor = "meter_event_invalid_value";
        var agrees = (await _cli.RunAsync("stripe", "reconcile", "good")).Ok();
        Assert.Matches($@"(?m)^good +cus_Sim\d+ +budgetproxy_micro_usd +all +\$0\.\d+ +\$0\.\d+ +{lost.Value} +0 +{lost.Value} +0$", agrees.Output);
        Assert.Contains("Stripe has what was sent, to the micro-dollar.", agrees.Output, StringComparison.Ordinal);
        var differs = (await _cli.RunAsync("stripe", "reconcile", "--last", "2d")).Ok();
        Assert.Matches($@"(?m)^wrong +{customer} +budgetproxy_micro_usd +\d{{4}}-\d\d-\d\d +\$0\.\d+ +\$0\.\d+ +{lost.Value} +0 +0 +-{lost.Value}$", differs.Output);
        var words = differs.Output.ReplaceLineEndings(" ").Replace("     ", " ", StringComparison.Ordinal);
        Assert.Contains($"sent {lost.Value}, Stripe has 0; the difference is that of bucket", words, StringComparison.Ordinal);
        Assert.Contains($"(sent, {lost.Value})", words, StringComparison.Ordinal);
        Assert.Contains("What differs is of the last hours: Stripe adds up late.", differs.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await _cli.RunAsync("stripe", "reconcile", "--json")).Ok().Json.GetProperty("items").GetArrayLength());
        Assert.True((await _cli.RunAsync("stripe", "reconcile", "good", "--days", "--last", "2d")).Ok().Lines.Length > 5);
        (await _cli.RunAsync("stripe", "reconcile", "--from", "2026-01-02", "--to", "2026-01-01")).Fails(2, "--to: Must be later than --from");
    }

    [Fact]
    public async Task Rejects_are_listed()
    {
        Assert.Contains("nothing that it threw away", (await _cli.RunAsync("stripe", "rejects")).Ok().Output, StringComparison.Ordinal);
        var id = _stripe.Reports.Report(_stripe.AddMeter("budgetproxy_micro_usd"), ("meter_event_invalid_value", 3, ["bp1:x"]));
        Assert.Equal(200, (await _stripe.Reports.SendAsync(_cli.Proxy.BaseAddress, "whsec_cli", id)).Status);
        await Poll.UntilAsync(
            async () => JsonElement.Parse(await _cli.Proxy.Admin.GetStringAsync("exports/stripe/rejects")).GetProperty("items").GetArrayLength() == 2, TimeSpan.FromSeconds(30), "they are kept");
        var table = (await _cli.RunAsync("stripe", "rejects")).Ok();
        Assert.Matches(@"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +meter_event_invalid_value +1 +- +Thrown away for .* +bp1:x$", table.Output);
        Assert.Matches(@"(?m) +2 +- +.* +not named$", table.Output);
        (await _cli.RunAsync("stripe", "rejects", "--since", "yesterday")).Fails(2, "is not a date");
    }

    [Fact]
    public async Task The_doctor_looks_at_Stripe()
    {
        var bare = await _cli.RunAsync("doctor");
        Assert.Equal(1, bare.Code);
        Assert.Matches(@"(?m)^ok +stripe key +test key, http://127\.0\.0\.1:\d+: It takes the key\.$", bare.Output);
        Assert.Matches("(?m)^FAIL +stripe meter +there is no budgetproxy_micro_usd$", bare.Output);
        Assert.Contains("budgetproxy stripe setup", bare.Output, StringComparison.Ordinal);
        (await _cli.RunAsync("stripe", "setup")).Ok();
        Assert.Matches("(?m)^ok +stripe meter +budgetproxy_micro_usd is active$", (await _cli.RunAsync("doctor")).Ok().Output);
        _stripe.Skew = TimeSpan.FromMinutes(-10);
        Assert.Matches(@"(?m)^FAIL +clock of stripe +(599|600|601)\.\d s behind the proxy's$", (await _cli.RunAsync("doctor")).Output);
        _stripe.Skew = TimeSpan.Zero;
        _stripe.Forbids = true;
        var refused = await _cli.RunAsync("doctor");
        Assert.Matches("(?m)^FAIL +stripe key .*rak_billing_meter_event_write", refused.Output);
        var settings = await CliProgram.RunAsync([("BudgetProxy__Stripe__ApiKey", _stripe.Key), ("BudgetProxy__Stripe__BaseUrl", _stripe.Address), ("BudgetProxy__DataDirectory", Path.GetTempPath())], "doctor", "--config");
        Assert.Matches(@"(?m)^FAIL +stripe key +http://127\.0\.0\.1:\d+ answers 403$", settings.Output);
        Assert.DoesNotContain(_stripe.Key, settings.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(_stripe.Key, refused.Output, StringComparison.Ordinal);
        await _stripe.GoAwayAsync();
        Assert.Matches("(?m)^FAIL +stripe key ", (await _cli.RunAsync("doctor")).Output);
    }
}
