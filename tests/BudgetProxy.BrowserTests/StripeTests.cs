using System.Text.Json;
using BudgetProxy.Tests.Billing;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;
using Microsoft.Playwright;

namespace BudgetProxy.BrowserTests;

/// <summary>The export to Stripe and its reconciliation as people see and drive them, before a simulated Stripe.</summary>
public sealed class StripeTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Secret = "whsec_screens";

    [Theory]
    [InlineData("light", ColorScheme.Light, 1280)]
    [InlineData("dark", ColorScheme.Dark, 1280)]
    [InlineData("phone", ColorScheme.Light, 390)]
    public async Task The_export_is_run_looked_at_and_reconciled(string look, ColorScheme scheme, int width)
    {
        await using var stripe = await StripeAsync();
        await using var proxy = await TestProxy.StartAsync([.. BillingScene.Settings(stripe), ("Stripe:WebhookSecret", Secret)]);
        await UseAsync(proxy);
        var options = new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 900 }, ReducedMotion = ReducedMotion.Reduce };
        await using var reader = await Reader.SignInAsync(chromium, proxy, options: options);
        await LookAsync(reader, "/admin/exports/stripe", $"stripe-before-{look}", width);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await reader.Page.GetByText("The run is done").WaitForAsync();
        await LookAsync(reader, "/admin/exports/stripe", $"stripe-{look}", width);
        var text = await reader.Main.InnerTextAsync();
        // A tenant without a customer, and one whose customer Stripe does not know.
        Assert.Contains("Not linked to a customer", text, StringComparison.Ordinal);
        Assert.Contains("Stripe has no such customer", text, StringComparison.Ordinal);
        await LookAsync(reader, "/admin/exports", $"exports-stripe-{look}", width);
        await LookAsync(reader, "/admin/exports/stripe?state=parked", $"stripe-parked-{look}", width);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Try the bucket of gone" }).ClickAsync();
        await reader.Page.GetByText("The bucket is tried again.").WaitForAsync();

        await LookAsync(reader, "/admin/exports/stripe/reconciliation?tenant=acme", $"reconciliation-agrees-{look}", width);
        Assert.Contains("all agree", await reader.Main.InnerTextAsync(), StringComparison.Ordinal);
        var lost = stripe.Books.Events.First(one => one.Customer == "cus_beta");
        lost.RejectedFor = "meter_event_invalid_value";
        await LookAsync(reader, "/admin/exports/stripe/reconciliation?tenant=beta", $"reconciliation-{look}", width);
        text = await reader.Main.InnerTextAsync();
        Assert.Contains(lost.Identifier, text, StringComparison.Ordinal);
        Assert.Contains("explains it", text, StringComparison.Ordinal);
        Assert.Contains($"−{lost.Value}", text, StringComparison.Ordinal);
        // Two that Stripe names, and two that it only counts.
        foreach (var report in stripe.Reports.ReportRejected().Append(stripe.Reports.Report(null, ("no_meter", 3, [stripe.Books.Events.First(one => one.Customer == "cus_acme").Identifier]))))
            Assert.Equal(200, (await stripe.Reports.SendAsync(proxy.BaseAddress, Secret, report)).Status);
        await Poll.UntilAsync(async () => JsonElement.Parse(await proxy.Admin.GetStringAsync("exports/stripe/rejects")).GetProperty("items").GetArrayLength() == 3, BillingScene.Limit, "what Stripe threw away");
        await LookAsync(reader, "/admin/exports/stripe", $"stripe-rejects-{look}", width);
        text = await reader.Page.GetByRole(AriaRole.Region, new() { Name = "Thrown away by Stripe" }).InnerTextAsync();
        Assert.Contains("meter_event_invalid_value", text, StringComparison.Ordinal);
        Assert.Contains("not named", text, StringComparison.Ordinal);
        stripe.Faults.Away = true;
        await LookAsync(reader, "/admin/exports/stripe/reconciliation", $"reconciliation-away-{look}", width);
        Assert.Contains("Stripe's sums can't be read.", await reader.Main.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(reader.Complaints);
    }

    [Theory]
    [InlineData("viewer", 0)]
    [InlineData("finance", 1)]
    public async Task Finance_may_run_an_export_and_a_viewer_may_look(string role, int buttons)
    {
        await using var stripe = await StripeAsync();
        await using var proxy = await TestProxy.StartAsync(BillingScene.Settings(stripe));
        await UseAsync(proxy);
        var issued = await proxy.SendAsync(HttpMethod.Post, "admin-keys", $$"""{"name":"books","role":"{{role}}"}""");
        await using var reader = await Reader.SignInAsync(chromium, proxy, issued.GetProperty("key").GetString()!);
        await reader.Page.GotoAsync("/admin/exports/stripe");
        Assert.Equal(buttons, await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).CountAsync());
        var token = await reader.Page.Locator("form[action='/admin/logout'] input[name=__RequestVerificationToken]").GetAttributeAsync("value");
        var form = reader.Page.APIRequest.CreateFormData();
        form.Set("__RequestVerificationToken", token!);
        var answer = await reader.Page.APIRequest.PostAsync("/admin/exports/stripe/run", new() { Form = form, MaxRedirects = 0 });
        Assert.Equal(buttons == 1 ? 303 : 403, answer.Status);
        var forged = await reader.Page.APIRequest.PostAsync("/admin/exports/stripe/run", new() { Form = reader.Page.APIRequest.CreateFormData(), MaxRedirects = 0 });
        Assert.Equal(400, forged.Status);
    }

    [Fact]
    public async Task Where_it_is_off_the_pages_say_what_turns_it_on()
    {
        await using var proxy = await TestProxy.StartAsync();
        await using var reader = await Reader.SignInAsync(chromium, proxy);
        foreach (var path in new[] { "/admin/exports", "/admin/exports/stripe", "/admin/exports/stripe/reconciliation" })
        {
            await reader.Page.GotoAsync(path);
            Assert.Contains("BudgetProxy__Stripe__ApiKey", await reader.Main.InnerTextAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).CountAsync());
        }
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

    private static async Task<SimulatedStripe> StripeAsync()
    {
        var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(BillingScene.Meter);
        foreach (var customer in new[] { "cus_acme", "cus_beta" })
            stripe.AddCustomer(customer);
        return stripe;
    }

    private static async Task UseAsync(TestProxy proxy)
    {
        foreach (var tenant in new[] { "acme", "beta", "gone" })
        {
            using var client = proxy.Client(await BillingScene.TenantAsync(proxy, tenant));
            await BillingScene.CallAsync(client, 3);
        }

        using var unlinked = proxy.Client(await proxy.CreateTenantAsync("unlinked"));
        await BillingScene.CallAsync(unlinked, 2);
    }
}
