using System.Globalization;
using System.Text;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Playwright;

namespace BudgetProxy.BrowserTests;

/// <summary>Providers' invoices as people import them, look at them and hold them against the ledger.</summary>
public sealed class InvoiceTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Header = "start_time_iso,amount_value,amount_currency,line_item\n";

    private static readonly string Day = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("light", ColorScheme.Light, 1280)]
    [InlineData("dark", ColorScheme.Dark, 1280)]
    [InlineData("phone", ColorScheme.Light, 390)]
    public async Task A_file_is_imported_compared_and_forgotten(string look, ColorScheme scheme, int width)
    {
        await using var proxy = await TestProxy.StartAsync();
        var options = new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 900 }, ReducedMotion = ReducedMotion.Reduce };
        await using var reader = await Reader.SignInAsync(chromium, proxy, await FinanceAsync(proxy), options);
        await LookAsync(reader, "/admin/invoices", $"invoices-empty-{look}", width);
        await LookAsync(reader, "/admin/invoices/comparison?provider=anthropic", $"comparison-empty-{look}", width);
        Assert.Contains("No file of Anthropic was imported yet.", await reader.Main.InnerTextAsync(), StringComparison.Ordinal);
        await reader.Page.GotoAsync("/admin/exports");
        await reader.Main.GetByRole(AriaRole.Link, new() { Name = "Providers' invoices" }).ClickAsync();

        await ImportAsync(reader, "openai", Header + $"{Day}T00:00:00,0.25,usd,gpt-4o\n{Day}T00:00:00,twelve,usd,gpt-4o\n");
        await reader.Main.GetByText("Line 3, column amount_value: 'twelve' is not an amount of USD, such as 0.0123. Nothing was imported.").WaitForAsync();
        Assert.Equal("import-file", await reader.Page.EvaluateAsync<string>("document.activeElement.id"));
        Assert.Empty(await reader.Page.EvaluateAsync<string[]>(PageQualityTests.Audit));
        await reader.Page.ScreenshotAsync(new() { Path = Path.Combine(Screens.Folder, $"invoices-refused-{look}.png") });
        await reader.Page.GotoAsync("/admin/invoices");

        var file = Header + $"{Day}T00:00:00,0.25,usd,gpt-4o\n{Day}T00:00:00,1,usd,web search tool calls\n";
        await ImportAsync(reader, "openai", file);
        await reader.Page.GetByText("The file is imported.").WaitForAsync();
        await ImportAsync(reader, "openai", file);
        await reader.Page.GetByText("This very file had been imported before").WaitForAsync();
        Assert.Equal(1, await reader.Main.Locator("tbody tr").CountAsync());

        await reader.Main.GetByRole(AriaRole.Link, new() { Name = "Compare OpenAI" }).ClickAsync();
        await reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Invoice and ledger" }).WaitForAsync();
        var text = await reader.Main.InnerTextAsync();
        foreach (var part in new[] { "$1.25", "web search tool calls", "not on the rate card", "billed only", "2 models billed only, 0 in the ledger only" })
            Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.Empty(await reader.Page.EvaluateAsync<string[]>(PageQualityTests.Audit));
        var download = await reader.Page.RunAndWaitForDownloadAsync(() => reader.Main.GetByRole(AriaRole.Link, new() { Name = "CSV" }).ClickAsync());
        Assert.Equal($"invoices-openai-{Day}-{Day}.csv", download.SuggestedFilename);
        Assert.StartsWith($"day,model,matched,invoiceUsd,ledgerUsd,differenceUsd,differencePercent\r\n{Day},gpt-4o,true,0.250000000,", await File.ReadAllTextAsync(await download.PathAsync()), StringComparison.Ordinal);

        var wrong = await reader.Page.GotoAsync("/admin/invoices/comparison?provider=openai&from=2026-05-02&to=2026-05-01");
        Assert.Equal(400, wrong!.Status);
        Assert.Contains("These days can't be compared", await reader.Main.InnerTextAsync(), StringComparison.Ordinal);
        reader.Complaints.RemoveAll(complaint => complaint.Contains("400 (Bad Request)", StringComparison.Ordinal));

        await reader.Page.GotoAsync("/admin/invoices");
        await reader.Main.GetByRole(AriaRole.Button, new() { Name = "Delete the invoice of OpenAI" }).ClickAsync();
        await reader.Page.GetByText("The invoice is forgotten.").WaitForAsync();
        Assert.Contains("Nothing was imported yet.", await reader.Main.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(reader.Complaints);
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_not_sent()
    {
        await using var proxy = await TestProxy.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, proxy);
        await reader.Page.GotoAsync("/admin/invoices");
        Assert.Equal((64 << 20).ToString(CultureInfo.InvariantCulture), await reader.Page.Locator("#import-file").GetAttributeAsync("data-most"));
        await reader.Page.EvaluateAsync("document.getElementById('import-file').dataset.most = 10");
        await ImportAsync(reader, "openai", Header);
        Assert.Equal("The file is larger than it may be.", await reader.Page.EvaluateAsync<string>("document.getElementById('import-file').validationMessage"));
        Assert.Equal("{\"items\":[],\"next\":null}", await proxy.Admin.GetStringAsync("invoices"));
    }

    private static async Task<string> FinanceAsync(TestProxy proxy) =>
        (await proxy.SendAsync(HttpMethod.Post, "admin-keys", """{"name":"books","role":"finance"}""")).GetProperty("key").GetString()!;

    /// <summary>By the keyboard alone, but for the file: browsers let no script or test type that.</summary>
    private static async Task ImportAsync(Reader reader, string provider, string csv)
    {
        await reader.Main.GetByRole(AriaRole.Button, new() { Name = "Import a file" }).FocusAsync();
        await reader.Page.Keyboard.PressAsync("Enter");
        var dialog = reader.Page.GetByRole(AriaRole.Dialog, new() { Name = "Import a file" });
        await dialog.GetByLabel("Provider").SelectOptionAsync(provider);
        await dialog.GetByLabel("File of costs").SetInputFilesAsync(new FilePayload { Name = "costs.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(csv) });
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Import the file" }).FocusAsync();
        await reader.Page.Keyboard.PressAsync("Enter");
    }

    private static async Task LookAsync(Reader reader, string path, string name, int width)
    {
        var answer = await reader.Page.GotoAsync(path);
        Assert.Equal(200, answer!.Status);
        // Looked through first: to take a photograph the browser hides carets by a style of its own.
        Assert.Empty(await reader.Page.EvaluateAsync<string[]>(PageQualityTests.Audit));
        await reader.ShootAsync(name);
        Assert.True(await reader.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, name);
    }
}
