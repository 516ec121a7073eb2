using BudgetProxy.Tests.Infrastructure;
using Microsoft.Playwright;

namespace BudgetProxy.BrowserTests;

public sealed class RoleTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData("viewer")]
    [InlineData("finance")]
    public async Task Who_may_not_edit_sees_all_and_has_nothing_to_edit_with(string role)
    {
        await using var proxy = await TestProxy.StartAsync();
        await SampleData.LayAsync(proxy, days: 2);
        var issued = await proxy.SendAsync(HttpMethod.Post, "admin-keys", $$"""{"name":"books","role":"{{role}}"}""");
        await using var reader = await Reader.SignInAsync(chromium, proxy, issued.GetProperty("key").GetString()!);
        foreach (var (_, path) in ScreenTests.Pages)
        {
            var answer = await reader.Page.GotoAsync(path);
            if (path.Contains("/budgets/"))
                continue;
            Assert.Equal(200, answer!.Status);
            // What providers billed is finance's to import.
            var may = role == "finance" && path == "/admin/invoices";
            Assert.Equal(may, await reader.Main.Locator("form[method=post]").CountAsync() > 0);
            Assert.Equal(may, await reader.Main.Locator("[data-sheet], [popovertarget]").CountAsync() > 0);
        }

        // The controls are away, and what they would send is refused by the API.
        var token = await reader.Page.Locator("form[action='/admin/logout'] input[name=__RequestVerificationToken]").GetAttributeAsync("value");
        foreach (var (path, fields) in new[]
        {
            ("/admin/tenants", new[] { ("tenant", "sneaky") }), ("/admin/tenants/acme/suspend", []), ("/admin/tenants/acme/budgets", [("name", "monthly"), ("old", "monthly"), ("amount", "9"), ("window", "month")]),
            ("/admin/tenants/acme/budgets/monthly/delete", []), ("/admin/tenants/acme/budgets/monthly/topup", [("usd", "1")]), ("/admin/tenants/acme/keys", [("name", "sneaky")]),
            ("/admin/keys", [("name", "sneaky"), ("role", "admin")]), ("/admin/plans/team/delete", []), ("/admin/alerts/webhooks", [("name", "sneaky"), ("url", "https://example.com")]),
            ("/admin/rates", [("provider", "openai"), ("model", "gpt-4o"), ("input", "0"), ("output", "0")]),
        })
        {
            var form = reader.Page.APIRequest.CreateFormData();
            form.Set("__RequestVerificationToken", token!);
            foreach (var (name, value) in fields)
                form.Set(name, value);
            var answer = await reader.Page.APIRequest.PostAsync(path, new() { Form = form });
            Assert.True(answer.Status == 403, $"{path}: {answer.Status}");
        }

        Assert.Equal("140.00", (await proxy.BudgetsAsync("acme"))["monthly"].GetProperty("limit").GetProperty("usd").GetString());
    }

    [Fact]
    public async Task Usage_and_ledger_come_as_files()
    {
        await using var proxy = await TestProxy.StartAsync();
        await SampleData.LayAsync(proxy, days: 2);
        await using var reader = await Reader.SignInAsync(chromium, proxy);
        await reader.Page.GotoAsync("/admin/exports");
        foreach (var (region, button, columns) in new[] { ("Usage", "CSV", "tenant,user,project,key,model,day"), ("Ledger", "CSV", "id,requestId,tenant"), ("Ledger", "JSON lines", "{\"id\":"), ("Usage", "JSON", "{\"items\":[") })
        {
            var card = reader.Page.GetByRole(AriaRole.Region, new() { Name = region, Exact = true });
            await card.GetByLabel("Tenant optional").FillAsync("acme");
            var download = await reader.Page.RunAndWaitForDownloadAsync(() => card.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync());
            Assert.StartsWith($"{region.ToLowerInvariant()}-acme-", download.SuggestedFilename);
            var text = await File.ReadAllTextAsync(await download.PathAsync());
            Assert.StartsWith(columns, text);
            Assert.Contains("claude-sonnet-4-5", text);
            Assert.DoesNotContain("northwind", text);
        }
    }
}
