using System.Net;
using System.Net.Http.Json;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Playwright;

namespace BudgetProxy.BrowserTests;

/// <summary>The main job, as an admin does it: a tenant, a budget, a key, a call that moves the bar, a lower limit, a call that is refused and says why.</summary>
public sealed class BudgetFlowTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_limit_is_made_moved_and_seen_to_act()
    {
        await using var proxy = await TestProxy.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, proxy);
        var page = reader.Page;

        await page.GetByRole(AriaRole.Link, new() { Name = "Tenants", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "New tenant" }).ClickAsync();
        var sheet = page.GetByRole(AriaRole.Dialog, new() { Name = "New tenant" });
        await sheet.GetByLabel("Id").FillAsync("acme");
        await sheet.GetByLabel("Name").FillAsync("Acme Robotics");
        await sheet.GetByRole(AriaRole.Button, new() { Name = "Make the tenant" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Acme Robotics" }).WaitForAsync();
        await page.GetByText("The tenant is made.").WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "New budget" }).ClickAsync();
        sheet = page.GetByRole(AriaRole.Dialog, new() { Name = "New budget" });
        await sheet.GetByLabel("Name").FillAsync("monthly");
        await sheet.GetByLabel("Limit").FillAsync("0.5");
        await sheet.GetByRole(AriaRole.Button, new() { Name = "Make the budget" }).ClickAsync();
        await page.GetByText("The budget is saved and in force.").WaitForAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "New key" }).ClickAsync();
        sheet = page.GetByRole(AriaRole.Dialog, new() { Name = "New key" });
        await sheet.GetByLabel("Name").FillAsync("production");
        await sheet.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        var key = await page.Locator("#issued-key").InnerTextAsync();
        Assert.StartsWith("bp_", key);

        // The page is left as it is: the bar moves by itself.
        await page.GotoAsync("/admin/tenants/acme");
        var budget = page.GetByRole(AriaRole.Article, new() { Name = "Budget monthly" });
        var spent = budget.Locator("[data-live='b-monthly-spent']");
        Assert.Equal("$0.00", await spent.InnerTextAsync());
        Assert.Equal("0%", await budget.Locator("rect.spent").GetAttributeAsync("width"));
        await page.EvaluateAsync("window.stays = true");
        using var client = proxy.Client(key);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(client));
        await Assertions.Expect(spent).Not.ToHaveTextAsync("$0.00");
        await Assertions.Expect(budget.Locator("rect.spent")).Not.ToHaveAttributeAsync("width", "0%");
        Assert.True(await page.EvaluateAsync<bool>("window.stays === true"));

        await budget.GetByRole(AriaRole.Link, new() { Name = "Edit the budget monthly" }).ClickAsync();
        sheet = page.GetByRole(AriaRole.Dialog, new() { Name = "Budget “monthly”" });
        await sheet.GetByLabel("Limit").FillAsync("0.00001");
        await sheet.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(budget.Locator("[data-live='b-monthly-limit']")).ToHaveTextAsync("$0.000010");

        Assert.Equal(HttpStatusCode.PaymentRequired, await CallAsync(client));
        await Poll.UntilAsync(
            async () =>
            {
                await page.ReloadAsync();
                return await page.Locator("[data-refusal='budget_exceeded']").CountAsync() > 0;
            },
            TimeSpan.FromSeconds(20), "the refusal is shown");
        Assert.Contains("Over budget “monthly”", await page.Locator("[data-refusal='budget_exceeded']").First.InnerTextAsync());
        Assert.Contains("gpt-4o-mini", await page.GetByRole(AriaRole.Region, new() { Name = "Recent calls", Exact = true }).InnerTextAsync());
        Assert.Empty(reader.Complaints);
    }

    [Fact]
    public async Task What_the_api_refuses_stands_at_the_field_and_what_was_filled_in_stays()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("acme");
        await using var reader = await Reader.SignInAsync(chromium, proxy);
        await reader.Page.GotoAsync("/admin/tenants/acme/new-budget");
        await reader.Page.GetByLabel("Name").FillAsync("monthly");
        await reader.Page.GetByLabel("Limit").FillAsync("a lot");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Make the budget" }).ClickAsync();
        var limit = reader.Page.GetByLabel("Limit");
        await Assertions.Expect(limit).ToHaveAttributeAsync("aria-invalid", "true");
        Assert.Equal("a lot", await limit.InputValueAsync());
        Assert.Equal("monthly", await reader.Page.GetByLabel("Name").InputValueAsync());
        Assert.NotEmpty(await reader.Page.Locator("#budget-amount-error").InnerTextAsync());
    }

    [Fact]
    public async Task A_change_based_on_an_old_version_is_not_made_unseen()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"5"},"window":"month"}""");
        await using var reader = await Reader.SignInAsync(chromium, proxy);
        await reader.Page.GotoAsync("/admin/tenants/acme/budgets/monthly");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"7"},"window":"month"}""");
        await reader.Page.GetByLabel("Limit").FillAsync("9");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await reader.Page.GetByRole(AriaRole.Alert).First.WaitForAsync();
        Assert.Equal("7.00", (await proxy.BudgetsAsync("acme"))["monthly"].GetProperty("limit").GetProperty("usd").GetString());
        // Now it has been seen.
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await reader.Page.GetByText("The budget is saved and in force.").WaitForAsync();
        Assert.Equal("9.00", (await proxy.BudgetsAsync("acme"))["monthly"].GetProperty("limit").GetProperty("usd").GetString());
    }

    [Fact]
    public async Task A_budget_is_topped_up_once_reset_and_deleted()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"5"},"window":"month"}""");
        using var client = proxy.Client(key);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(client));
        await using var reader = await Reader.SignInAsync(chromium, proxy);
        await reader.Page.GotoAsync("/admin/tenants/acme/budgets/monthly");
        await reader.Page.GetByLabel("Top up").FillAsync("2.50");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Top up" }).ClickAsync();
        await reader.Page.GetByText("The budget is topped up").WaitForAsync();
        Assert.Contains("$2.50 topped up", await reader.Page.GetByRole(AriaRole.Article).InnerTextAsync());
        await reader.Page.GotoAsync("/admin/tenants/acme/budgets/monthly");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Set spent to 0" }).ClickAsync();
        await reader.Page.GetByText("The budget is reset").WaitForAsync();
        Assert.Equal("0.00", (await proxy.BudgetsAsync("acme"))["monthly"].GetProperty("spent").GetString());
        await reader.Page.GotoAsync("/admin/tenants/acme/budgets/monthly");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Delete the budget" }).ClickAsync();
        await reader.Page.GetByText("The budget is deleted.").WaitForAsync();
        Assert.Empty(await proxy.BudgetsAsync("acme"));
    }

    [Fact]
    public async Task A_suspended_tenant_is_refused_and_a_rotated_key_goes_on()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme", """{"name":"Acme","markupPercent":15,"maxCallUsd":"1.00","allowedModels":["gpt-4o*"]}""");
        using var client = proxy.Client(key);
        await using var reader = await Reader.SignInAsync(chromium, proxy);
        await reader.Page.GotoAsync("/admin/tenants/acme");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Rotate the key main" }).ClickAsync();
        var rotated = await reader.Page.Locator("#issued-key").InnerTextAsync();
        using var second = proxy.Client(rotated);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(client));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(second));
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
        await reader.Page.GetByText("The tenant is suspended").WaitForAsync();
        Assert.False(await CallAsync(client) == HttpStatusCode.OK);
        var tenant = await proxy.Admin.GetFromJsonAsync<System.Text.Json.JsonElement>("tenants/acme");
        Assert.Equal(15, tenant.GetProperty("markupPercent").GetDecimal());
        Assert.Equal("gpt-4o*", Assert.Single(tenant.GetProperty("allowedModels").EnumerateArray()).GetString());
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await reader.Page.GetByText("active again").WaitForAsync();
        Assert.Equal(HttpStatusCode.OK, await CallAsync(second));
    }

    private static async Task<HttpStatusCode> CallAsync(HttpClient client)
    {
        using var answer = await client.PostAsJsonAsync("/openai/v1/chat/completions", new
        {
            model = "gpt-4o-mini", max_tokens = 200, messages = new[] { new { role = "user", content = "Say hello to the budget, please." } },
        });
        return answer.StatusCode;
    }
}
