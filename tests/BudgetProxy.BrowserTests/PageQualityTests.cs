using BudgetProxy.Tests.Infrastructure;
using Microsoft.Playwright;

namespace BudgetProxy.BrowserTests;

/// <summary>What holds on every page: policy, names, labels, contrast, the keyboard, and that all works without the script.</summary>
public sealed class PageQualityTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>Looks through the page as it is shown for what a reader who does not see it, or sees little, would miss.</summary>
    internal const string Audit = """
        () => {
            const found = [];
            const seen = element => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;
            const name = element => (element.getAttribute('aria-label') ?? '').trim()
                || (element.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join(' ').trim()
                || [...(element.labels ?? [])].map(label => label.textContent).join(' ').trim()
                || (element.textContent ?? '').trim() || [...element.querySelectorAll('img[alt]')].map(image => image.alt).join('').trim();
            const at = element => element.outerHTML.slice(0, 120);
            for (const element of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [role=img], [role=dialog], [role=region], nav'))
                if (!name(element)) found.push(`no name: ${at(element)}`);
            for (const image of document.querySelectorAll('img:not([alt])')) found.push(`no alt: ${at(image)}`);
            const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
            for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) found.push(`id twice: ${id}`);
            for (const attribute of ['aria-labelledby', 'aria-describedby', 'popovertarget'])
                for (const element of document.querySelectorAll(`[${attribute}]`))
                    for (const id of element.getAttribute(attribute).split(' '))
                        if (!document.getElementById(id)) found.push(`${attribute} of nothing (${id}): ${at(element)}`);
            if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
            if (document.querySelectorAll('main').length !== 1) found.push('not one main');
            if (!document.documentElement.lang || !document.title) found.push('no language or title');
            if (document.querySelector('[style]:not(.tip)')) found.push(`style attribute: ${at(document.querySelector('[style]:not(.tip)'))}`);
            for (const head of document.querySelectorAll('th:not([scope])')) found.push(`th without scope: ${at(head)}`);

            const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
            canvas.canvas.width = canvas.canvas.height = 1;
            const rgba = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); const d = canvas.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255]; };
            const over = (top, bottom) => [0, 1, 2].map(i => top[i] * top[3] + bottom[i] * (1 - top[3])).concat(1);
            const ground = element => {
                const layers = [];
                for (let at = element; at; at = at.parentElement) {
                    const color = rgba(getComputedStyle(at).backgroundColor);
                    layers.push(color);
                    if (color[3] === 1) break;
                }
                return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
            };
            const light = color => { const [r, g, b] = color.slice(0, 3).map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const text = walker.currentNode.textContent.trim();
                const element = walker.currentNode.parentElement;
                if (!text || !seen(element) || element.closest('svg, option, script, .sr, [disabled]')) continue;
                const style = getComputedStyle(element);
                const below = ground(element);
                const [a, b] = [light(over(rgba(style.color), below)), light(below)].sort((x, y) => y - x);
                const size = parseFloat(style.fontSize);
                const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
                const ratio = (a + 0.05) / (b + 0.05);
                if (ratio < needed) found.push(`contrast ${ratio.toFixed(2)}: "${text.slice(0, 30)}" ${at(element)}`);
            }
            return [...new Set(found)];
        }
        """;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Everything_has_a_name_and_can_be_read(ColorScheme scheme)
    {
        await using var proxy = await TestProxy.StartAsync();
        await SampleData.LayAsync(proxy, days: 3);
        await using var reader = await Reader.OpenAsync(chromium, proxy, new BrowserNewContextOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        await reader.Page.GotoAsync("/admin/login");
        Assert.Empty(await reader.Page.EvaluateAsync<string[]>(Audit));
        await reader.SignInAsync(TestProxy.AdminKey);
        var found = new List<string>();
        foreach (var (name, path) in ScreenTests.Pages)
        {
            var answer = await reader.Page.GotoAsync(path);
            found.AddRange((await reader.Page.EvaluateAsync<string[]>(Audit)).Select(fault => $"{name}: {fault}"));
            var policy = await answer!.HeaderValueAsync("content-security-policy");
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy);
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.DoesNotContain("unsafe", policy);
            Assert.Equal("nosniff", await answer.HeaderValueAsync("x-content-type-options"));
            Assert.Contains("no-store", await answer.HeaderValueAsync("cache-control"));
            // With every sheet of the page open too.
            foreach (var button in await reader.Page.Locator("main [popovertarget]:not(.sheet *)").AllAsync())
            {
                await button.ClickAsync();
                found.AddRange((await reader.Page.EvaluateAsync<string[]>(Audit)).Select(fault => $"{name}, sheet: {fault}"));
                await reader.Page.Keyboard.PressAsync("Escape");
            }
        }

        Assert.Empty(found);
        Assert.Empty(reader.Complaints);
    }

    [Fact]
    public async Task Everything_can_be_done_with_the_keyboard()
    {
        await using var proxy = await TestProxy.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, proxy);
        var keyboard = reader.Page.Keyboard;
        await reader.Page.GotoAsync("/admin/tenants");
        await keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await FocusedAsync(reader));
        await keyboard.PressAsync("Enter");
        Assert.Equal("main", await reader.Page.EvaluateAsync<string>("document.activeElement.id"));
        await keyboard.PressAsync("Tab");
        Assert.Equal("New tenant", await FocusedAsync(reader));
        Assert.NotEqual("none", await reader.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        await keyboard.PressAsync("Enter");
        Assert.Equal("tenant", await reader.Page.EvaluateAsync<string>("document.activeElement.name"));
        await keyboard.PressAsync("Escape");
        Assert.Equal("New tenant", await FocusedAsync(reader));
        await keyboard.PressAsync("Space");
        await keyboard.TypeAsync("acme");
        await keyboard.PressAsync("Tab");
        await keyboard.TypeAsync("Acme");
        await keyboard.PressAsync("Enter");
        await reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Acme" }).WaitForAsync();

        for (var i = 0; i < 40 && await FocusedAsync(reader) != "New budget"; i++)
            await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        await reader.Page.GetByRole(AriaRole.Dialog, new() { Name = "New budget" }).WaitForAsync();
        await keyboard.TypeAsync("monthly");
        await keyboard.PressAsync("Tab");
        await keyboard.TypeAsync("12.50");
        await keyboard.PressAsync("Enter");
        await reader.Page.GetByText("The budget is saved and in force.").WaitForAsync();
        Assert.Equal("12.50", (await proxy.BudgetsAsync("acme"))["monthly"].GetProperty("limit").GetProperty("usd").GetString());
    }

    [Fact]
    public async Task Everything_can_be_done_without_the_script()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"5"},"window":"month"}""");
        await using var reader = await Reader.SignInAsync(chromium, proxy, options: new BrowserNewContextOptions { JavaScriptEnabled = false });
        await reader.Page.GotoAsync("/admin/tenants/acme");
        await reader.Page.GetByRole(AriaRole.Link, new() { Name = "Edit the budget monthly" }).ClickAsync();
        await reader.Page.GetByLabel("Limit").FillAsync("6");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await reader.Page.GetByText("The budget is saved and in force.").WaitForAsync();
        Assert.Equal("6.00", (await proxy.BudgetsAsync("acme"))["monthly"].GetProperty("limit").GetProperty("usd").GetString());
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "New key" }).ClickAsync();
        await reader.Page.GetByRole(AriaRole.Dialog, new() { Name = "New key" }).GetByLabel("Name").FillAsync("plain");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        Assert.StartsWith("bp_", await reader.Page.Locator("#issued-key").InnerTextAsync());
        Assert.Contains("UTC", await reader.Page.Locator("time").First.InnerTextAsync());
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Switch between light and dark" }).ClickAsync();
        Assert.Equal("dark", await reader.Page.Locator("html").GetAttributeAsync("data-theme"));
    }

    [Fact]
    public async Task Times_are_in_the_readers_zone_and_colours_as_chosen()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("acme");
        await using var reader = await Reader.SignInAsync(chromium, proxy, options: new BrowserNewContextOptions { TimezoneId = "Asia/Tokyo", ColorScheme = ColorScheme.Light });
        await reader.Page.GotoAsync("/admin/audit");
        var time = reader.Page.Locator("main time").First;
        var utc = DateTimeOffset.Parse((await time.GetAttributeAsync("datetime"))!);
        Assert.Equal(utc.ToOffset(TimeSpan.FromHours(9)).ToString("MMM d, yyyy, h:mm tt"), (await time.InnerTextAsync()).Replace('\u202f', ' '));
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Switch between light and dark" }).ClickAsync();
        var dark = await reader.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        await reader.Page.ReloadAsync();
        Assert.Equal("dark", await reader.Page.Locator("html").GetAttributeAsync("data-theme"));
        Assert.Equal(dark, await reader.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
    }

    private static Task<string> FocusedAsync(Reader reader) => reader.Page.EvaluateAsync<string>("document.activeElement.textContent.trim()");
}
