using System.Net;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Dashboard;

/// <summary>Terms of plans, and the balance of who pays before, by forms.</summary>
public sealed class PrepaidPageTests
{
    [Fact]
    public async Task A_plan_is_made_prepaid_and_its_tenant_s_balance_is_topped_up()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var signedIn = await browser.SignInAsync(TestProxy.AdminKey);
        var token = await browser.TokenAsync("/admin/tenants");
        using (var made = await browser.PostAsync("/admin/plans", token, ("plan", "gold"), ("includedAmount", "50000"), ("includedUnit", "requests")))
            Assert.Equal(HttpStatusCode.SeeOther, made.StatusCode);
        Assert.Contains("50,000 calls a month free", await PageAsync(browser, "/admin/plans"), StringComparison.Ordinal);
        // Without a budget for the credit it is said at the field.
        using (var refused = await browser.PostAsync("/admin/plans/gold", token, ("billing", "prepaid")))
            Assert.Contains("prepaid needs exactly one budget", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (var saved = await browser.PostAsync("/admin/plans/gold/budgets", token, ("name", "credit"), ("amount", "0"), ("unit", "chargedUsd"), ("window", "lifetime")))
            Assert.Equal(HttpStatusCode.SeeOther, saved.StatusCode);
        Assert.Contains("50,000 calls a month free", await PageAsync(browser, "/admin/plans"), StringComparison.Ordinal);
        using (var saved = await browser.PostAsync("/admin/plans/gold", token, ("billing", "prepaid")))
            Assert.Equal(HttpStatusCode.SeeOther, saved.StatusCode);
        // Above the form of a budget, which has no such field.
        using (var refused = await browser.PostAsync("/admin/plans/gold/budgets/credit/delete", token))
            Assert.Contains("prepaid needs exactly one budget", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await proxy.CreateTenantAsync("acme", """{"plan":"gold"}""");
        using (var added = await browser.PostAsync("/admin/tenants/acme/budgets/credit/topup", token, ("usd", "12.50"), ("once", "a")))
            Assert.Equal(HttpStatusCode.SeeOther, added.StatusCode);
        var page = await PageAsync(browser, "/admin/tenants/acme");
        Assert.Matches("Prepaid balance(.|\\n)*\\$12\\.50", page);
        Assert.DoesNotContain("Prepaid balance", await PageAsync(browser, "/admin/tenants"), StringComparison.Ordinal);

        // Credit is never reset, so no button offers it.
        await proxy.PutBudgetAsync("acme", "day", """{"limit":{"usd":"5"},"window":"day"}""");
        Assert.Contains("Set spent to 0", await PageAsync(browser, "/admin/tenants/acme/budgets/day"), StringComparison.Ordinal);
        Assert.DoesNotContain("Set spent to 0", await PageAsync(browser, "/admin/tenants/acme/budgets/credit"), StringComparison.Ordinal);

        Assert.Contains("Its prepaid balance of $12.50 goes too.", page, StringComparison.Ordinal);
        Assert.Matches("name=\"discardBalance\" value=\"12\\.50*\"", page);
        using (var refused = await browser.PostAsync("/admin/tenants/acme/delete", token, ("confirm", "acme")))
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        using (var deleted = await browser.PostAsync("/admin/tenants/acme/delete", token, ("confirm", "acme"), ("discardBalance", "12.5")))
            Assert.Equal(HttpStatusCode.SeeOther, deleted.StatusCode);
    }

    private static async Task<string> PageAsync(FormBrowser browser, string path)
    {
        using var page = await browser.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        return await page.Content.ReadAsStringAsync();
    }
}
