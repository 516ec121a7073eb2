using System.Net;
using BudgetProxy.Admin;
using BudgetProxy.Dashboard;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetProxy.Tests.Dashboard;

/// <summary>What the dashboard's forms make of what was filled in.</summary>
public sealed class FormTests
{
    [Theory]
    [InlineData("12,5")]
    [InlineData("1,000")]
    [InlineData("$5")]
    public async Task What_is_no_plain_number_is_refused_at_its_field(string number)
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("acme");
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var signedIn = await browser.SignInAsync(TestProxy.AdminKey);
        var token = await browser.TokenAsync("/admin/tenants/acme");
        using var markup = await browser.PostAsync("/admin/tenants/acme", token, ("markupPercent", number));
        Assert.Equal(HttpStatusCode.BadRequest, markup.StatusCode);
        using var limit = await browser.PostAsync(
            "/admin/tenants/acme/budgets", token, ("name", "calls"), ("amount", number), ("unit", "requests"), ("window", "month"));
        Assert.Equal(HttpStatusCode.BadRequest, limit.StatusCode);
        Assert.Empty(await proxy.BudgetsAsync("acme"));
    }

    [Fact]
    public async Task A_decimal_point_is_one()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("acme");
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var signedIn = await browser.SignInAsync(TestProxy.AdminKey);
        using var saved = await browser.PostAsync("/admin/tenants/acme", await browser.TokenAsync("/admin/tenants/acme"), ("markupPercent", "12.5"));
        Assert.Equal(HttpStatusCode.SeeOther, saved.StatusCode);
        Assert.Contains("\"markupPercent\":12.5", await proxy.Admin.GetStringAsync("tenants/acme"));
    }

    [Theory]
    [InlineData("user", "team", "user")]
    [InlineData("", "team", null)]
    [InlineData("tag:team", "region", "tag:region")]
    [InlineData("tag:team", "team", "tag:team")]
    [InlineData("tag:team", "", "tag:team")]
    public async Task What_is_chosen_under_for_each_holds_over_the_tag_that_was(string per, string tag, string? expected)
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "each", """{"limit":{"usd":"5"},"window":"month","per":"tag:team"}""");
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var signedIn = await browser.SignInAsync(TestProxy.AdminKey);
        var page = await (await browser.GetAsync("/admin/tenants/acme/budgets/each")).Content.ReadAsStringAsync();
        Assert.Contains("name=\"tagBefore\" value=\"team\"", page);
        using var saved = await browser.PostAsync(
            "/admin/tenants/acme/budgets", await browser.TokenAsync("/admin/tenants/acme"),
            ("old", "each"), ("amount", "5"), ("unit", "usd"), ("window", "month"), ("per", per), ("tag", tag), ("tagBefore", "team"));
        Assert.Equal(HttpStatusCode.SeeOther, saved.StatusCode);
        var budget = (await proxy.BudgetsAsync("acme"))["each"];
        Assert.Equal(expected, budget.TryGetProperty("per", out var present) ? present.GetString() : null);
    }

    [Theory]
    [InlineData("", HttpStatusCode.SeeOther)]
    [InlineData("user", HttpStatusCode.BadRequest)]
    public async Task A_new_tag_beside_another_choice_is_refused(string per, HttpStatusCode status)
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("acme");
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var signedIn = await browser.SignInAsync(TestProxy.AdminKey);
        using var made = await browser.PostAsync(
            "/admin/tenants/acme/budgets", await browser.TokenAsync("/admin/tenants/acme"),
            ("name", "each"), ("amount", "5"), ("unit", "usd"), ("window", "month"), ("per", per), ("tag", "team"), ("tagBefore", ""));
        Assert.Equal(status, made.StatusCode);
    }

    [Theory]
    [InlineData("/admin/tenants", "tenant", "acme")]
    [InlineData("/admin/plans", "plan", "gold")]
    [InlineData("/admin/tenants/first/budgets", "name", "main")]
    public async Task Of_two_who_make_the_same_at_once_one_is_told(string form, string field, string name)
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("first");
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var signedIn = await browser.SignInAsync(TestProxy.AdminKey);
        var token = await browser.TokenAsync("/admin/tenants");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => browser.PostAsync(
            form, token, (field, name), ("amount", "5"), ("unit", "usd"), ("window", "month"))));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.SeeOther);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.SeeOther))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Matches("There is a (tenant|plan)|The tenant has a budget", await refused.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Only_what_the_api_gave_is_saved_as_a_file()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var signedIn = await browser.SignInAsync(TestProxy.AdminKey);
        const string Path = "/admin/exports/ledger?from=2026-01-01&to=2026-01-31&tenant=";
        using var file = await browser.GetAsync(Path);
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        Assert.Equal("attachment", file.Content.Headers.ContentDisposition?.DispositionType);
        proxy.Services.GetRequiredService<AdminPipe>().Attach(http =>
        {
            if (http.Request.Path.Value!.EndsWith("/whoami", StringComparison.Ordinal))
                return http.Response.WriteAsync("""{"id":"1","name":"test","role":"admin"}""");
            return Problems.StoreUnavailable().ExecuteAsync(http);
        });
        using var refused = await browser.GetAsync(Path);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("store", await refused.Content.ReadAsStringAsync());
        Assert.Null(refused.Content.Headers.ContentDisposition);
    }
}
