using System.Net;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Playwright;

namespace BudgetProxy.BrowserTests;

public sealed class LoginTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_valid_key_opens_the_page_that_was_asked_for()
    {
        await using var proxy = await TestProxy.StartAsync();
        await using var reader = await Reader.OpenAsync(chromium, proxy);
        await reader.Page.GotoAsync("/admin/tenants?sort=name");
        await reader.Page.GetByLabel("Admin key").FillAsync(TestProxy.AdminKey);
        await reader.Page.Keyboard.PressAsync("Enter");
        await reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Tenants", Exact = true }).WaitForAsync();
        Assert.EndsWith("/admin/tenants?sort=name", reader.Page.Url);
        var cookie = Assert.Single(await reader.Page.Context.CookiesAsync(), cookie => cookie.Name == "__Host-budgetproxy");
        Assert.True(cookie is { HttpOnly: true, Secure: true, Path: "/", SameSite: SameSiteAttribute.Strict });
        Assert.DoesNotContain(TestProxy.AdminKey, cookie.Value);
        Assert.Empty(reader.Complaints);
    }

    [Fact]
    public async Task A_wrong_key_is_told_nothing_and_after_ten_attempts_nothing_is_looked_at()
    {
        await using var proxy = await TestProxy.StartAsync();
        var tenantKey = await proxy.CreateTenantAsync("acme");
        await using var reader = await Reader.OpenAsync(chromium, proxy);
        await reader.Page.GotoAsync("/admin/login");
        foreach (var key in new[] { "wrong", tenantKey, "bpa_" + new string('x', 49), "ümlaut", "two words", "6", "7", "8", "9", "10" })
        {
            await reader.Page.GetByLabel("Admin key").FillAsync(key);
            await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            await reader.Page.GetByText("That key was not accepted.").WaitForAsync();
            Assert.Equal("", await reader.Page.GetByLabel("Admin key").InputValueAsync());
        }

        await reader.Page.GetByLabel("Admin key").FillAsync(TestProxy.AdminKey);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await reader.Page.GetByText("Too many attempts.").WaitForAsync();
        Assert.DoesNotContain(await reader.Page.Context.CookiesAsync(), cookie => cookie.Name == "__Host-budgetproxy");
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("/admin/\\evil.example")]
    [InlineData("/administrator")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/admin/logout")]
    public async Task Nobody_is_sent_anywhere_else(string to)
    {
        await using var proxy = await TestProxy.StartAsync();
        await using var reader = await Reader.OpenAsync(chromium, proxy);
        await reader.Page.GotoAsync("/admin/login?to=" + Uri.EscapeDataString(to));
        await reader.Page.GetByLabel("Admin key").FillAsync(TestProxy.AdminKey);
        await reader.Page.Keyboard.PressAsync("Enter");
        await reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
        Assert.Equal(new Uri(proxy.BaseAddress, "/admin").ToString(), reader.Page.Url);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_so_does_deleting_its_key()
    {
        await using var proxy = await TestProxy.StartAsync();
        var issued = await proxy.SendAsync(HttpMethod.Post, "admin-keys", """{"name":"books","role":"finance"}""");
        await using var reader = await Reader.SignInAsync(chromium, proxy, issued.GetProperty("key").GetString()!);
        await proxy.Admin.DeleteAsync("admin-keys/" + issued.GetProperty("id").GetString());
        await reader.Page.GotoAsync("/admin/tenants");
        await reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();

        await reader.SignInAsync(TestProxy.AdminKey);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();
        await reader.Page.GotoAsync("/admin");
        await reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();
    }

    [Fact]
    public async Task A_form_without_its_token_changes_nothing()
    {
        await using var proxy = await TestProxy.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, proxy);
        foreach (var token in new[] { null, "", "CfDJ8forged" })
        {
            var form = reader.Page.APIRequest.CreateFormData();
            form.Set("tenant", "sneaky");
            if (token is not null)
                form.Set("__RequestVerificationToken", token);
            var answer = await reader.Page.APIRequest.PostAsync("/admin/tenants", new() { Form = form });
            Assert.Equal(400, answer.Status);
            Assert.Contains("out of date", await answer.TextAsync());
        }

        Assert.Equal(HttpStatusCode.NotFound, (await proxy.Admin.GetAsync("tenants/sneaky")).StatusCode);
    }

    [Fact]
    public async Task A_token_of_another_session_is_worth_nothing()
    {
        await using var proxy = await TestProxy.StartAsync();
        await using var one = await Reader.SignInAsync(chromium, proxy);
        await using var other = await Reader.SignInAsync(chromium, proxy);
        var stolen = await one.Page.Locator("form[action='/admin/logout'] input[name=__RequestVerificationToken]").GetAttributeAsync("value");
        var form = other.Page.APIRequest.CreateFormData();
        form.Set("tenant", "sneaky");
        form.Set("__RequestVerificationToken", stolen!);
        Assert.Equal(400, (await other.Page.APIRequest.PostAsync("/admin/tenants", new() { Form = form })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await proxy.Admin.GetAsync("tenants/sneaky")).StatusCode);
    }
}
