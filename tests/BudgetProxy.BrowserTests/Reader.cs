using BudgetProxy.Tests.Infrastructure;
using Microsoft.Playwright;

namespace BudgetProxy.BrowserTests;

/// <summary>
/// Someone before the dashboard: a browser of their own, which takes down everything that the browser complains of, such as what the content security
/// policy kept out.
/// </summary>
internal sealed class Reader : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private Reader(IBrowserContext context, IPage page, Uri address)
    {
        (_context, Page, Address) = (context, page, address);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Complaints.Add($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => Complaints.Add($"{page.Url}: {error}");
    }

    public IPage Page { get; }

    public Uri Address { get; }

    public List<string> Complaints { get; } = [];

    public static async Task<Reader> OpenAsync(Chromium chromium, TestProxy proxy, BrowserNewContextOptions? options = null)
    {
        options ??= new BrowserNewContextOptions();
        options.BaseURL = proxy.BaseAddress.ToString();
        options.TimezoneId ??= "America/New_York";
        options.Locale = "en-US";
        options.ViewportSize ??= new ViewportSize { Width = 1280, Height = 900 };
        var context = await chromium.Browser.NewContextAsync(options);
        return new Reader(context, await context.NewPageAsync(), proxy.BaseAddress);
    }

    /// <summary>Opens a reader that is signed in.</summary>
    public static async Task<Reader> SignInAsync(Chromium chromium, TestProxy proxy, string key = TestProxy.AdminKey, BrowserNewContextOptions? options = null)
    {
        var reader = await OpenAsync(chromium, proxy, options);
        await reader.SignInAsync(key);
        return reader;
    }

    public async Task SignInAsync(string key)
    {
        await Page.GotoAsync("/admin");
        await Page.GetByLabel("Admin key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
    }

    public ILocator Main => Page.Locator("main");

    /// <summary>A photograph of the whole page, under artifacts/screens.</summary>
    public async Task ShootAsync(string name)
    {
        var folder = Path.Combine(Screens.Folder, name + ".png");
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = folder, FullPage = true });
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
