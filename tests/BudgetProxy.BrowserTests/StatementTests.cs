using System.Globalization;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Playwright;

namespace BudgetProxy.BrowserTests;

/// <summary>A statement as a browser shows and prints it, and where people find it.</summary>
public sealed class StatementTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData("light", ColorScheme.Light, 1280)]
    [InlineData("dark", ColorScheme.Dark, 1280)]
    [InlineData("phone", ColorScheme.Light, 390)]
    public async Task A_statement_can_be_read_and_printed(string look, ColorScheme scheme, int width)
    {
        await using var proxy = await TestProxy.StartAsync();
        await SampleData.LayAsync(proxy, days: 3);
        var options = new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 900 } };
        await using var reader = await Reader.SignInAsync(chromium, proxy, options: options);
        var month = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);
        foreach (var view in new[] { "customer", "us" })
        {
            var answer = await reader.Page.GotoAsync($"/admin/tenants/acme/statements/{month}?for={view}");
            Assert.Equal(200, answer!.Status);
            Assert.StartsWith("default-src 'none'; style-src 'sha256-", await answer.HeaderValueAsync("content-security-policy"), StringComparison.Ordinal);
            await reader.ShootAsync($"statement-{view}-{look}");
            Assert.Empty(await reader.Page.EvaluateAsync<string[]>(PageQualityTests.Audit));
            Assert.Equal("rgb(11, 110, 96)", await reader.Page.EvaluateAsync<string>("(matchMedia('(prefers-color-scheme: dark)').matches ? 'rgb(11, 110, 96)' : getComputedStyle(document.querySelector('.main dd')).color)"));
            Assert.True(await reader.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width);
            await reader.Page.PdfAsync(new PagePdfOptions { Path = Path.Combine(Screens.Folder, $"statement-{view}-{look}.pdf"), PreferCSSPageSize = true });
        }

        Assert.Empty(reader.Complaints);
    }
}
