using BudgetProxy.Tests.Infrastructure;
using Microsoft.Playwright;

namespace BudgetProxy.BrowserTests;

/// <summary>Photographs every page, light, dark and on a phone, with data as they would have after weeks, for people to look at.</summary>
public sealed class ScreenTests(Chromium chromium) : IClassFixture<Chromium>
{
    public static readonly (string Name, string Path)[] Pages =
    [
        ("overview", "/admin"), ("overview-by-tenant", "/admin?by=tenant&days=7"), ("tenants", "/admin/tenants?sort=-spend"), ("tenant", "/admin/tenants/acme"), ("budget", "/admin/tenants/acme/budgets/monthly"),
        ("plans", "/admin/plans"), ("rates", "/admin/rates?search=gpt-4o"), ("exports", "/admin/exports"), ("invoices", "/admin/invoices"),
        ("comparison", "/admin/invoices/comparison?provider=openai"), ("comparison-exact", "/admin/invoices/comparison?provider=anthropic"), ("alerts", "/admin/alerts"), ("audit", "/admin/audit"), ("keys", "/admin/keys"), ("health", "/admin/health?providers=true"),
    ];

    /// <summary>What stands out of the page, to be told where a test fails.</summary>
    private const string Widest = """
        () => [...document.querySelectorAll('main *')].filter(element => element.getBoundingClientRect().right > innerWidth && !element.closest('.scroll, nav, .sheet'))
            .map(element => element.outerHTML.slice(0, 90)).join('\n')
        """;

    [Fact]
    public async Task Every_page_is_photographed_and_fits()
    {
        await using var proxy = await TestProxy.StartAsync();
        await SampleData.LayAsync(proxy);
        var looks = new[]
        {
            ("light", ColorScheme.Light, 1280), ("dark", ColorScheme.Dark, 1280), ("phone", ColorScheme.Light, 390), ("phone-dark", ColorScheme.Dark, 390),
        };
        foreach (var (look, scheme, width) in looks)
        {
            var options = new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = width == 390 ? 844 : 900 } };
            await using var reader = await Reader.OpenAsync(chromium, proxy, options);
            await reader.Page.GotoAsync("/admin/login");
            await reader.ShootAsync($"login-{look}");
            await reader.SignInAsync(TestProxy.AdminKey);
            foreach (var (name, path) in Pages)
            {
                var answer = await reader.Page.GotoAsync(path, new PageGotoOptions { WaitUntil = WaitUntilState.Load });
                Assert.Equal(200, answer!.Status);
                await reader.ShootAsync($"{name}-{look}");
                var wide = await reader.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
                Assert.True(wide <= width, $"{name} at {width} px is {wide} px wide: {await reader.Page.EvaluateAsync<string>(Widest)}");
            }

            Assert.Empty(reader.Complaints);
        }
    }
}
