using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;

namespace BudgetProxy.Tests.Stripe;

/// <summary><c>POST /exports/stripe/setup</c> against the simulated Stripe.</summary>
public sealed class StripeSetupTests : IAsyncLifetime
{
    private SimulatedStripe _stripe = null!;
    private TestProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await SimulatedStripe.StartAsync();
        _proxy = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task A_first_run_makes_all_and_a_second_changes_nothing()
    {
        var plan = await SetUpAsync("?plan=true");
        Assert.Equal("meter create, product create, price create", Steps(plan));
        Assert.True(plan.GetProperty("ok").GetBoolean() && plan.GetProperty("changed").GetBoolean() && plan.GetProperty("plan").GetBoolean());
        Assert.DoesNotContain(_stripe.Books.Calls, call => call.IsPost);

        var first = await SetUpAsync();
        Assert.Equal("meter created, product created, price created", Steps(first));
        Assert.Equal("test", first.GetProperty("mode").GetString());
        var meter = _stripe.Meters.Find("budgetproxy_micro_usd")!;
        Assert.Equal(("sum", "stripe_customer_id", "value", null), (meter.Formula, meter.CustomerKey, meter.ValueKey, meter.EventTimeWindow));
        var price = _stripe.Books.Calls.Single(call => call.Path == "/v1/prices" && call.IsPost);
        Assert.Equal(("0.0001", "usd", "month", "metered", meter.Id), (price["unit_amount_decimal"], price["currency"], price["recurring[interval]"], price["recurring[usage_type]"], price["recurring[meter]"]));
        Assert.Equal(("budgetproxy_micro_usd", "bp_budgetproxy_micro_usd"), (price["lookup_key"], price["product"]));

        var posts = _stripe.Books.Calls.Count(call => call.IsPost);
        var second = await SetUpAsync();
        Assert.Equal("meter kept, product kept, price kept", Steps(second));
        Assert.False(second.GetProperty("changed").GetBoolean());
        Assert.Equal(posts, _stripe.Books.Calls.Count(call => call.IsPost));
        var audit = await _proxy.Admin.GetStringAsync("audit?action=stripe.setup");
        Assert.Single(JsonElement.Parse(audit).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("count", "stripe_customer_id", "value", null, "its formula is count, not sum")]
    [InlineData("sum", "customer", "value", null, "it finds the customer by payload[customer]")]
    [InlineData("sum", "stripe_customer_id", "amount", null, "it takes the value from payload[amount]")]
    [InlineData("sum", "stripe_customer_id", "value", "hour", "it counts only the last event of each hour")]
    public async Task A_meter_that_differs_is_refused_with_what_differs(string formula, string customer, string value, string? window, string told)
    {
        _stripe.Meters.Add("budgetproxy_micro_usd", meter => meter with { Formula = formula, CustomerKey = customer, ValueKey = value, EventTimeWindow = window });
        var report = await SetUpAsync();
        Assert.False(report.GetProperty("ok").GetBoolean());
        Assert.Equal("meter differs", Steps(report));
        Assert.Contains(told, report.GetProperty("steps")[0].GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_stripe.Books.Calls, call => call.IsPost);
    }

    [Fact]
    public async Task A_price_or_product_that_differs_and_a_meter_that_is_off_are_told()
    {
        await SetUpAsync();
        _stripe.Catalog.Change("price_sim1", "unit_amount_decimal", "0.00012");
        _stripe.Catalog.Change("price_sim1", "currency", "eur");
        _stripe.Catalog.Change("bp_budgetproxy_micro_usd", "active", false);
        var report = await SetUpAsync();
        Assert.Equal("meter kept, product differs, price differs", Steps(report));
        var detail = report.GetProperty("steps")[2].GetProperty("detail").GetString();
        Assert.StartsWith("its currency is eur, not usd; it asks 0.00012 US cents for one, not 0.0001. A price can't be changed", detail, StringComparison.Ordinal);
        // As Stripe may write the same number.
        _stripe.Catalog.Change("price_sim1", "unit_amount_decimal", "0.000100000000");
        _stripe.Catalog.Change("price_sim1", "currency", "usd");
        _stripe.Catalog.Change("bp_budgetproxy_micro_usd", "active", true);
        Assert.Equal("meter kept, product kept, price kept", Steps(await SetUpAsync()));
        _stripe.Meters.All[0].IsActive = false;
        Assert.Equal("meter differs", Steps(await SetUpAsync()));
    }

    [Fact]
    public async Task The_markup_is_in_the_price_where_it_is_configured_so_and_must_be_named()
    {
        await using var proxy = await StartAsync(("Stripe:Markup", "price"), ("Stripe:SecondMeterEventName", "llm_tokens"), ("Stripe:SecondMeterUnit", "tokens"));
        Assert.Contains("0 for none", await RefusedAsync(proxy, "{}", "markupPercent"), StringComparison.Ordinal);
        Assert.Contains("at most two decimals", await RefusedAsync(proxy, """{"markupPercent":1.234}""", "markupPercent"), StringComparison.Ordinal);
        Assert.Contains("at most 12 decimals", await RefusedAsync(proxy, """{"markupPercent":20,"secondUnitCents":"0.0000000000001"}""", "secondUnitCents"), StringComparison.Ordinal);
        var report = await SetUpAsync("", """{"markupPercent":12.5,"secondUnitCents":"0.000000000001"}""", proxy);
        Assert.Equal("meter created, product created, price created, meter created, product created, price created", Steps(report));
        Assert.Equal(["0.0001125", "0.000000000001"], _stripe.Books.Calls.Where(call => call.Path == "/v1/prices" && call.IsPost).Select(call => call["unit_amount_decimal"]));
        Assert.Contains("each tenant's own", await RefusedAsync(_proxy, """{"markupPercent":20}""", "markupPercent"), StringComparison.Ordinal);
        Assert.Contains("no second meter", await RefusedAsync(_proxy, """{"secondUnitCents":"1"}""", "secondUnitCents"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tenants_are_linked_to_the_customers_that_name_them()
    {
        foreach (var tenant in new[] { "acme", "both", "gone", "none", "right" })
            await _proxy.SendAsync(HttpMethod.Put, $"tenants/{tenant}", tenant is "gone" or "right" ? $$"""{"stripeCustomerId":"cus_{{tenant}}","markupPercent":20}""" : """{"markupPercent":20}""");
        await _proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"5.00"},"window":"month"}""");
        foreach (var (id, tenant) in new[] { ("cus_acme", "acme"), ("cus_1", "both"), ("cus_2", "both"), ("cus_right", "other") })
            _stripe.Catalog.AddCustomer(id, null, new Dictionary<string, string> { ["tenant_id"] = tenant });
        var plan = await SetUpAsync("?plan=true");
        Assert.Contains("customer link, customer differs, customer differs", Steps(plan), StringComparison.Ordinal);
        var report = await SetUpAsync();
        Assert.Contains("customer linked, customer differs, customer differs", Steps(report), StringComparison.Ordinal);
        Assert.Equal((1, 1, 0), (report.GetProperty("linkedBefore").GetInt32(), report.GetProperty("unlinked").GetInt32(), report.GetProperty("remaining").GetInt32()));
        var acme = JsonElement.Parse(await _proxy.Admin.GetStringAsync("tenants/acme"));
        Assert.Equal(("cus_acme", 20m), (acme.GetProperty("stripeCustomerId").GetString(), acme.GetProperty("markupPercent").GetDecimal()));
        Assert.Single(await _proxy.BudgetsAsync("acme"));
        Assert.Equal("customer differs, customer differs", string.Join(", ", Steps(await SetUpAsync()).Split(", ").Where(step => step.StartsWith("customer", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Customers_are_made_once_whatever_goes_wrong_and_one_that_was_deleted_is_made_anew()
    {
        await _proxy.SendAsync(HttpMethod.Put, "tenants/acme", """{"name":"Acme & Söhne"}""");
        // Made, and the answer lost: the same key asks again.
        _stripe.Faults.Add(StripeFault.DropReply, call => call.Path == "/v1/customers" && call.IsPost);
        _stripe.Faults.Add(StripeFault.RateLimited, call => call.Path == "/v1/customers" && call.IsPost);
        var report = await SetUpAsync("", """{"createCustomers":true}""");
        Assert.EndsWith("customer created", Steps(report), StringComparison.Ordinal);
        var made = Assert.Single(_stripe.Catalog.Customers);
        Assert.Equal(("Acme & Söhne", "acme"), (made.Name, made.Metadata["tenant_id"]));
        Assert.Equal("meter kept, product kept, price kept", Steps(await SetUpAsync("", """{"createCustomers":true}""")));

        // Deleted at Stripe and taken away here: within the day the same key gives the deleted one again.
        made.IsDeleted = true;
        await _proxy.SendAsync(HttpMethod.Put, "tenants/acme", """{"name":"Acme & Söhne"}""");
        Assert.EndsWith("customer created", Steps(await SetUpAsync("", """{"createCustomers":true}""")), StringComparison.Ordinal);
        var anew = Assert.Single(_stripe.Catalog.Customers, customer => !customer.IsDeleted);
        Assert.Equal(anew.Id, JsonElement.Parse(await _proxy.Admin.GetStringAsync("tenants/acme")).GetProperty("stripeCustomerId").GetString());
    }

    [Fact]
    public async Task A_key_that_is_refused_a_clock_that_is_wrong_and_a_Stripe_that_is_away_are_told_and_nothing_is_done()
    {
        await using (var stranger = await StartAsync(("Stripe:ApiKey", "sk_test_other")))
            Assert.StartsWith("Stripe refuses the key: Invalid API Key", await FailureAsync(stranger), StringComparison.Ordinal);
        await using (var live = await StartAsync(("Stripe:ApiKey", "sk_live_simulated")))
        {
            _stripe.AddMeter("other");
            var before = _stripe.Key;
            _stripe.Key = "sk_live_simulated";
            Assert.Contains("of the other mode", await FailureAsync(live), StringComparison.Ordinal);
            _stripe.Key = before;
        }

        _stripe.Skew = TimeSpan.FromSeconds(90);
        Assert.Matches("clock is (89|90|91) s behind Stripe's", await FailureAsync(_proxy));
        _stripe.Skew = TimeSpan.FromSeconds(-90);
        Assert.Matches("clock is (89|90|91) s ahead of Stripe's", await FailureAsync(_proxy));
        _stripe.Skew = TimeSpan.Zero;
        Assert.DoesNotContain(_stripe.Books.Calls, call => call.IsPost);
        await using var off = await TestProxy.StartAsync();
        using var refused = await off.Admin.PostAsync("exports/stripe/setup", TestProxy.Json("{}"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("BudgetProxy__Stripe__ApiKey", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<TestProxy> StartAsync(params (string Key, string Value)[] more)
    {
        var settings = new Dictionary<string, string> { ["Stripe:ApiKey"] = _stripe.Key, ["Stripe:BaseUrl"] = _stripe.Address, ["Stripe:RequestsPerSecond"] = "1000" };
        foreach (var (key, value) in more)
            settings[key] = value;
        return TestProxy.StartAsync([.. settings.Select(setting => (setting.Key, setting.Value))]);
    }

    private Task<JsonElement> SetUpAsync(string query = "", string body = "{}", TestProxy? proxy = null) =>
        (proxy ?? _proxy).SendAsync(HttpMethod.Post, "exports/stripe/setup" + query, body);

    private static string Steps(JsonElement report) =>
        string.Join(", ", report.GetProperty("steps").EnumerateArray().Select(step => $"{step.GetProperty("kind").GetString()} {step.GetProperty("outcome").GetString()}"));

    private async Task<string> FailureAsync(TestProxy proxy)
    {
        var report = await SetUpAsync("", """{"createCustomers":true}""", proxy);
        Assert.False(report.GetProperty("ok").GetBoolean());
        var step = Assert.Single(report.GetProperty("steps").EnumerateArray());
        Assert.Equal(("account", "failed"), (step.GetProperty("kind").GetString(), step.GetProperty("outcome").GetString()));
        return step.GetProperty("detail").GetString()!;
    }

    private static async Task<string> RefusedAsync(TestProxy proxy, string body, string field)
    {
        using var response = await proxy.Admin.PostAsync("exports/stripe/setup", TestProxy.Json(body));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]![field]![0]!.GetValue<string>();
    }
}
