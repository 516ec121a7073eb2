using System.Net;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Dashboard;

/// <summary>The door, over HTTP: what a browser would not do, but others might.</summary>
public sealed class SessionTests
{
    [Theory]
    [InlineData("/admin")]
    [InlineData("/admin/tenants/acme")]
    [InlineData("/admin/exports/ledger?from=2026-01-01&to=2026-12-31")]
    [InlineData("/admin/keys")]
    public async Task Nobody_sees_a_page_without_a_session(string path)
    {
        await using var proxy = await TestProxy.StartAsync();
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var answer = await browser.GetAsync(path);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.StartsWith("/admin/login", answer.Headers.Location!.OriginalString);
        Assert.Equal("", await answer.Content.ReadAsStringAsync());
        browser.SetCookie("__Host-budgetproxy", "CfDJ8AAAAAAAAAAAAAAAAAAAAAA");
        using var forged = await browser.GetAsync(path);
        Assert.Equal(HttpStatusCode.SeeOther, forged.StatusCode);
    }

    [Fact]
    public async Task What_a_page_fetches_by_itself_is_told_that_the_session_ended()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var browser = new FormBrowser(proxy.BaseAddress);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/admin/live")).StatusCode);
    }

    [Fact]
    public async Task A_key_sent_in_the_clear_is_not_looked_at()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var refused = await browser.SignInAsync(TestProxy.AdminKey, origin: "http://proxy.example:8080");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("plain HTTP", await refused.Content.ReadAsStringAsync());
        Assert.False(browser.HasCookie("__Host-budgetproxy"));
        using var secure = await browser.SignInAsync(TestProxy.AdminKey, origin: "https://proxy.example");
        Assert.Equal(HttpStatusCode.SeeOther, secure.StatusCode);
        Assert.True(browser.HasCookie("__Host-budgetproxy"));
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_wrong_keys_of_one_lock_out_nobody_else()
    {
        await using var proxy = await TestProxy.StartAsync(("TrustedProxies", "127.0.0.1"));
        using var browser = new FormBrowser(proxy.BaseAddress);
        for (var wrong = 0; wrong < 10; wrong++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SignInAsync("wrong-key-0123456789", from: "192.0.2.1")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await browser.SignInAsync(TestProxy.AdminKey, from: "192.0.2.1")).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.SignInAsync(TestProxy.AdminKey, from: "192.0.2.2")).StatusCode);
    }

    [Fact]
    public async Task A_link_from_elsewhere_is_followed_once_more_from_here()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var answer = await browser.GetAsync("/admin/tenants", ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("http-equiv=\"refresh\"", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_session_opens_pages_and_a_form_too_large_changes_nothing()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var signedIn = await browser.SignInAsync(TestProxy.AdminKey);
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        using var page = await browser.GetAsync("/admin/tenants");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single());
        using var large = await browser.PostAsync("/admin/tenants", await browser.TokenAsync("/admin/tenants"), ("tenant", "acme"), ("name", new string('x', 2_000_000)));
        Assert.Equal(HttpStatusCode.BadRequest, large.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await proxy.Admin.GetAsync("tenants/acme")).StatusCode);
    }

    [Fact]
    public async Task Assets_are_kept_for_ever_under_the_name_of_their_content()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var browser = new FormBrowser(proxy.BaseAddress);
        var login = await (await browser.GetAsync("/admin/login")).Content.ReadAsStringAsync();
        var css = System.Text.RegularExpressions.Regex.Match(login, "/admin/assets/admin\\.[0-9a-f]{12}\\.css").Value;
        using var asset = await browser.GetAsync(css);
        Assert.Equal("text/css", asset.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", asset.Headers.CacheControl!.ToString());
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/admin/assets/admin.css")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/admin/assets/..%2fadmin.css")).StatusCode);
    }
}
