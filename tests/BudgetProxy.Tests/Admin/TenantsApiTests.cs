using System.Net;
using System.Text.Json;
using BudgetProxy.Audit;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Admin;

public sealed class TenantsApiTests
{
    private const string Full =
        """
        {"name":"Acme","timezone":"Europe/Berlin","stripeCustomerId":"cus_1","markupPercent":12.5,
         "allowedModels":["gpt-4o*","claude-*"],"maxCallUsd":"0.50","suspended":true}
        """;

    [Fact]
    public async Task A_tenant_is_shown_as_it_was_put()
    {
        await using var host = await AdminHost.StartAsync();
        var put = (await host.PutAsync("/tenants/acme", Full)).Is(HttpStatusCode.OK);
        var got = (await host.GetAsync("/tenants/acme")).Is(HttpStatusCode.OK);
        Assert.Equal(put.Body, got.Body);
        Assert.Equal(
            """{"id":"acme","name":"Acme","plan":null,"timezone":"Europe/Berlin","stripeCustomerId":"cus_1","markupPercent":12.5,"allowedModels":["gpt-4o*","claude-*"],"maxCallUsd":"0.50","suspended":true}""",
            got.Body);
    }

    [Fact]
    public async Task Put_is_idempotent_and_replaces_the_whole_definition_but_no_keys_or_budgets()
    {
        await using var host = await AdminHost.StartAsync();
        var first = await host.PutAsync("/tenants/acme", Full);
        Assert.Equal(first, await host.PutAsync("/tenants/acme", Full));
        await host.PostAsync("/tenants/acme/keys", """{"name":"k"}""");
        await host.PutAsync("/tenants/acme/budgets/b", """{"limit":{"usd":"1"},"window":"day"}""");

        var replaced = (await host.PutAsync("/tenants/acme", "{}")).Is(HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.Null, replaced.Json.GetProperty("name").ValueKind);
        Assert.Empty(replaced.Json.GetProperty("allowedModels").EnumerateArray());
        Assert.False(replaced.Json.GetProperty("suspended").GetBoolean());
        Assert.Single((await host.GetAsync("/tenants/acme/keys")).Json.GetProperty("items").EnumerateArray());
        Assert.Single((await host.GetAsync("/tenants/acme/budgets")).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task All_field_errors_come_at_once_and_name_their_fields()
    {
        await using var host = await AdminHost.StartAsync();
        var answer = await host.PutAsync(
            "/tenants/acme",
            """
            {"name":7,"timezone":"Mars/Olympus","markupPercent":-1,"allowedModels":["ok",3],"maxCallUsd":5,"suspended":"yes","nmae":"x"}
            """);
        Assert.Contains("must be a string", answer.ErrorOf("name"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("IANA", answer.ErrorOf("timezone"), StringComparison.Ordinal);
        Assert.Contains("0 to 1000", answer.ErrorOf("markupPercent"), StringComparison.Ordinal);
        Assert.Contains("string", answer.ErrorOf("allowedModels[1]"), StringComparison.Ordinal);
        Assert.Contains("decimal string", answer.ErrorOf("maxCallUsd"), StringComparison.Ordinal);
        Assert.Contains("true or false", answer.ErrorOf("suspended"), StringComparison.Ordinal);
        Assert.Contains("no such field", answer.ErrorOf("nmae"), StringComparison.Ordinal);
        (await host.GetAsync("/tenants/acme")).Is(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("acct_1")]
    [InlineData("cus_")]
    [InlineData("CUS_1")]
    [InlineData("cus_a b")]
    [InlineData("cus_a-b")]
    [InlineData("cus_ä")]
    public async Task What_can_be_no_customer_at_stripe_is_refused_by_name_in_every_way(string customer)
    {
        await using var host = await AdminHost.StartAsync();
        (await host.PutAsync("/tenants/acme", """{"stripeCustomerId":"cus_NffrFeUfNV2Hib"}""")).Is(HttpStatusCode.OK);
        foreach (var wrong in new[] { customer, "cus_" + new string('x', 252) })
        {
            var body = $$"""{"stripeCustomerId":"{{wrong}}"}""";
            Assert.Contains("Must be a customer's id at Stripe", (await host.PutAsync("/tenants/acme", body)).ErrorOf("stripeCustomerId"), StringComparison.Ordinal);
            Assert.Contains("Must be a customer's id at Stripe", (await host.SendAsync("PATCH", "/tenants/acme", body, AdminHost.AdminKey)).ErrorOf("stripeCustomerId"), StringComparison.Ordinal);
        }

        (await host.PutAsync("/tenants/acme", $$"""{"stripeCustomerId":"cus_{{new string('x', 251)}}"}""")).Is(HttpStatusCode.OK);
    }

    /// <summary>Nobody looked at ids before.</summary>
    [Fact]
    public async Task Who_was_linked_to_what_is_no_customer_can_still_be_suspended()
    {
        await using var host = await AdminHost.StartAsync();
        await host.Directory.PutTenantAsync(new Tenant { Id = "acme", StripeCustomerId = "legacy 1" }, new Edit(AuditActor.Proxy), default);
        Assert.Contains("\"stripeCustomerId\":\"legacy 1\"", (await host.SendAsync("PATCH", "/tenants/acme", """{"suspended":true}""", AdminHost.AdminKey)).Is(HttpStatusCode.OK).Body, StringComparison.Ordinal);
        (await host.PutAsync("/tenants/acme", """{"stripeCustomerId":"legacy 1"}""")).Is(HttpStatusCode.OK);
        (await host.PutAsync("/tenants/acme", """{"stripeCustomerId":"legacy 2"}""")).Is(HttpStatusCode.BadRequest);
        (await host.SendAsync("PATCH", "/tenants/acme", """{"stripeCustomerId":null}""", AdminHost.AdminKey)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_plan_that_there_is_not_is_refused_since_it_would_limit_nothing()
    {
        await using var host = await AdminHost.StartAsync();
        var answer = await host.PutAsync("/tenants/acme", """{"plan":"pro"}""");
        Assert.Contains("There is no plan 'pro'", answer.ErrorOf("plan"), StringComparison.Ordinal);
        (await host.GetAsync("/tenants/acme")).Is(HttpStatusCode.NotFound);
        (await host.PutAsync("/tenants/acme", """{"plan":null}""")).Is(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("\"1e3\"")]
    [InlineData("\"-0.01\"")]
    [InlineData("\"0.0000000001\"")]
    [InlineData("\"4503599.627370497\"")]
    [InlineData("\"1,000\"")]
    [InlineData("\"\"")]
    [InlineData("true")]
    public async Task Money_is_a_decimal_string_in_range(string money)
    {
        await using var host = await AdminHost.StartAsync();
        Assert.NotEmpty((await host.PutAsync("/tenants/acme", $$"""{"maxCallUsd":{{money}}}""")).ErrorOf("maxCallUsd"));
    }

    [Fact]
    public async Task Lists_page_by_limit_and_after()
    {
        await using var host = await AdminHost.StartAsync();
        foreach (var id in (string[])["c", "a", "e", "b", "d"])
            await host.PutAsync($"/tenants/{id}", "{}");

        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = (await host.GetAsync("/tenants?limit=2" + (next is null ? "" : $"&after={next}"))).Is(HttpStatusCode.OK).Json;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        Assert.Equal(["a", "b", "c", "d", "e"], seen);
        Assert.NotEmpty((await host.GetAsync("/tenants?limit=0")).ErrorOf("limit"));
        Assert.NotEmpty((await host.GetAsync("/tenants?limt=1")).ErrorOf("limt"));
    }

    [Fact]
    public async Task A_deleted_tenant_takes_its_keys_and_budgets_with_it_also_when_its_name_comes_back()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        var key = (await host.PostAsync("/tenants/acme/keys", """{"name":"k"}""")).Json.GetProperty("key").GetString()!;
        await host.PutAsync("/tenants/acme/budgets/b", """{"limit":{"usd":"1"},"window":"day"}""");

        Assert.Equal(HttpStatusCode.NoContent, (await host.DeleteAsync("/tenants/acme")).Status);
        (await host.DeleteAsync("/tenants/acme")).Is(HttpStatusCode.NotFound);
        (await host.GetAsync("/tenants/acme")).Is(HttpStatusCode.NotFound);
        (await host.GetAsync("/tenants/acme/keys")).Is(HttpStatusCode.NotFound);
        (await host.GetAsync("/tenants/acme/budgets")).Is(HttpStatusCode.NotFound);

        await host.PutAsync("/tenants/acme", "{}");
        Assert.False(host.Directory.Current.TryFind(BudgetProxy.Tenants.KeyHash.Of(key), out _, out _));
        Assert.Empty((await host.GetAsync("/tenants/acme/keys?revoked=true")).Json.GetProperty("items").EnumerateArray());
        Assert.Empty((await host.GetAsync("/tenants/acme/budgets")).Json.GetProperty("items").EnumerateArray());
    }
}
