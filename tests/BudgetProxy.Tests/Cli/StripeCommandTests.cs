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
        Assert.Contains("All is there: nothing was changed. 1 tenants were linked before.", again.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
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
        Assert.DoesNotContain(_stripe.Key, refused.Output, StringComparison.Ordinal);
        await _stripe.GoAwayAsync();
        Assert.Matches("(?m)^FAIL +stripe key ", (await _cli.RunAsync("doctor")).Output);
    }
}
