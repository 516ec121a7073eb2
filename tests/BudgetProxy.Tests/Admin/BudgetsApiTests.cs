using System.Net;
using System.Text.Json;

namespace BudgetProxy.Tests.Admin;

public sealed class BudgetsApiTests
{
    private const string Full =
        """
        {"per":"user","match":{"model":"gpt-4o*","tag:team":"blue"},"limit":{"usd":"5.00"},"window":"day","timezone":"Europe/Berlin",
         "mode":"shadow","admission":"strict","alertAt":[0.5,0.8,1.0]}
        """;

    [Fact]
    public async Task A_budget_is_shown_as_it_was_put()
    {
        await using var host = await StartAsync();
        var put = (await host.PutAsync("/tenants/acme/budgets/per%20user", Full)).Is(HttpStatusCode.OK);
        Assert.Equal(put, await host.PutAsync("/tenants/acme/budgets/per%20user", Full));
        Assert.Equal(put, await host.GetAsync("/tenants/acme/budgets/per%20user"));
        Assert.Equal(
            """{"name":"per user","per":"user","match":{"model":"gpt-4o*","tag:team":"blue"},"limit":{"usd":"5.00"},"window":"day","timezone":"Europe/Berlin","mode":"shadow","admission":"strict","alertAt":[0.5,0.8,1],"from":"tenant","counters":[]}""",
            put.Body);
        var list = (await host.GetAsync("/tenants/acme/budgets")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(put.Body, Assert.Single(list.GetProperty("items").EnumerateArray()).GetRawText());
    }

    [Theory]
    [InlineData("""{"usd":"5.00"}""", "\"5.00\"")]
    [InlineData("""{"requests":100}""", "100")]
    [InlineData("""{"tokens":4503599627370496}""", "4503599627370496")]
    public async Task Counters_are_in_the_unit_of_the_limit(string limit, string remaining)
    {
        await using var host = await StartAsync();
        var budget = (await host.PutAsync("/tenants/acme/budgets/b", $$"""{"limit":{{limit}},"window":"month"}""")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(remaining, budget.GetProperty("remaining").GetRawText());
        Assert.Equal(JsonValueKind.String, budget.GetProperty("resetsAt").ValueKind);
        Assert.Equal(limit, budget.GetProperty("limit").GetRawText());
        Assert.True(budget.TryGetProperty("spent", out _) && budget.TryGetProperty("held", out _));
    }

    [Theory]
    [InlineData("minute")]
    [InlineData("hour")]
    [InlineData("day")]
    [InlineData("week")]
    [InlineData("month")]
    [InlineData("quarter")]
    [InlineData("year")]
    [InlineData("lifetime")]
    [InlineData("rolling:P30D")]
    [InlineData("rolling:PT6H")]
    public async Task Every_window_round_trips(string window)
    {
        await using var host = await StartAsync();
        var json = $$"""{"limit":{"usd":"1"},"window":"{{window}}"}""";
        Assert.Equal(window, (await host.PutAsync("/tenants/acme/budgets/b", json)).Is(HttpStatusCode.OK).Json.GetProperty("window").GetString());
    }

    [Theory]
    [InlineData("limit", """{"window":"day"}""")]
    [InlineData("window", """{"limit":{"usd":"1"}}""")]
    [InlineData("limit", """{"limit":{},"window":"day"}""")]
    [InlineData("limit", """{"limit":{"usd":"1","requests":3},"window":"day"}""")]
    [InlineData("limit.usd", """{"limit":{"usd":1},"window":"day"}""")]
    [InlineData("limit.usd", """{"limit":{"usd":"4503599.627370497"},"window":"day"}""")]
    [InlineData("limit.requests", """{"limit":{"requests":1.5},"window":"day"}""")]
    [InlineData("limit.requests", """{"limit":{"requests":"10"},"window":"day"}""")]
    [InlineData("limit.tokens", """{"limit":{"tokens":-1},"window":"day"}""")]
    [InlineData("limit.tokens", """{"limit":{"tokens":4503599627370497},"window":"day"}""")]
    [InlineData("limit.eur", """{"limit":{"eur":"1"},"window":"day"}""")]
    [InlineData("window", """{"limit":{"usd":"1"},"window":"fortnight"}""")]
    [InlineData("window", """{"limit":{"usd":"1"},"window":"rolling:-P1D"}""")]
    [InlineData("timezone", """{"limit":{"usd":"1"},"window":"day","timezone":"../../etc/passwd"}""")]
    [InlineData("per", """{"limit":{"usd":"1"},"window":"day","per":"provider"}""")]
    [InlineData("per", """{"limit":{"usd":"1"},"window":"day","per":"tag:"}""")]
    [InlineData("match.colour", """{"limit":{"usd":"1"},"window":"day","match":{"colour":"red"}}""")]
    [InlineData("match.model", """{"limit":{"usd":"1"},"window":"day","match":{"model":null}}""")]
    [InlineData("mode", """{"limit":{"usd":"1"},"window":"day","mode":"ENFORCE"}""")]
    [InlineData("admission", """{"limit":{"usd":"1"},"window":"day","admission":"Clamp"}""")]
    [InlineData("admission", """{"limit":{"usd":"1"},"window":"day","admission":1}""")]
    [InlineData("alertAt", """{"limit":{"usd":"1"},"window":"day","alertAt":[0]}""")]
    [InlineData("alertAt", """{"limit":{"usd":"1"},"window":"day","alertAt":0.5}""")]
    [InlineData("limits", """{"limit":{"usd":"1"},"window":"day","limits":{}}""")]
    public async Task A_wrong_field_is_named(string field, string json)
    {
        await using var host = await StartAsync();
        Assert.NotEmpty((await host.PutAsync("/tenants/acme/budgets/b", json)).ErrorOf(field));
        (await host.GetAsync("/tenants/acme/budgets/b")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_budget_without_a_zone_follows_its_tenants()
    {
        await using var host = await StartAsync();
        await host.PutAsync("/tenants/acme/budgets/own", """{"limit":{"usd":"1"},"window":"day","timezone":"Asia/Tokyo"}""");
        await host.PutAsync("/tenants/acme/budgets/inherits", """{"limit":{"usd":"1"},"window":"day"}""");
        await host.PutAsync("/tenants/acme", """{"timezone":"America/New_York"}""");
        var tenant = host.Directory.Current.FindTenant("acme")!;
        Assert.Equal(["Asia/Tokyo", "America/New_York"], tenant.Budgets.Select(budget => budget.Window.TimeZone.Id));
        var shown = (await host.GetAsync("/tenants/acme/budgets/inherits")).Json;
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("timezone").ValueKind);
    }

    [Fact]
    public async Task Delete_and_unknown_tenants_are_404()
    {
        await using var host = await StartAsync();
        await host.PutAsync("/tenants/acme/budgets/b", """{"limit":{"usd":"1"},"window":"day"}""");
        await host.PutAsync("/tenants/other", "{}");
        (await host.DeleteAsync("/tenants/other/budgets/b")).Is(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.NoContent, (await host.DeleteAsync("/tenants/acme/budgets/b")).Status);
        (await host.DeleteAsync("/tenants/acme/budgets/b")).Is(HttpStatusCode.NotFound);
        (await host.PutAsync("/tenants/ghost/budgets/b", """{"limit":{"usd":"1"},"window":"day"}""")).Is(HttpStatusCode.NotFound);
        (await host.GetAsync("/tenants/ghost/budgets")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_tenant_has_at_most_a_hundred_budgets()
    {
        await using var host = await StartAsync();
        const string Json = """{"limit":{"usd":"1"},"window":"lifetime"}""";
        for (var i = 0; i < 100; i++)
            (await host.PutAsync($"/tenants/acme/budgets/b{i}", Json)).Is(HttpStatusCode.OK);
        (await host.PutAsync("/tenants/acme/budgets/b100", Json)).Is(HttpStatusCode.Conflict);
        (await host.PutAsync("/tenants/acme/budgets/b99", Json)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_forty_that_race_for_the_last_ten_places_ten_are_made()
    {
        await using var host = await StartAsync();
        const string Json = """{"limit":{"usd":"1"},"window":"lifetime"}""";
        for (var i = 0; i < 90; i++)
            (await host.PutAsync($"/tenants/acme/budgets/b{i}", Json)).Is(HttpStatusCode.OK);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => host.PutAsync($"/tenants/acme/budgets/more{i}", Json)));
        Assert.Equal(10, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal(30, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
        Assert.Equal(100, host.Directory.Current.FindTenant("acme")!.Budgets.Count);
    }

    private static async Task<AdminHost> StartAsync()
    {
        var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        return host;
    }
}
