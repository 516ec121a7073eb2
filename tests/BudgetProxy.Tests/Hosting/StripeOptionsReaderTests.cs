using BudgetProxy.Hosting;
using BudgetProxy.Stripe;
using Microsoft.Extensions.Configuration;

namespace BudgetProxy.Tests.Hosting;

public sealed class StripeOptionsReaderTests
{
    [Fact]
    public void Without_a_key_there_is_no_export_and_with_one_the_rest_has_its_default()
    {
        Assert.Empty(Read(out var none));
        Assert.Null(none.Stripe);
        Assert.Empty(Read(out none, ("ApiKey", " "), ("MeterEventName", "x"), ("WebhookSecret", "whsec_a")));
        Assert.Null(none.Stripe);
        Assert.Empty(Read(out var options, ("ApiKey", "sk_test_canary")));
        var stripe = options.Stripe!;
        Assert.Equal(("https://api.stripe.com/", "budgetproxy_micro_usd", null, MarkupPlace.Value), (stripe.BaseUrl.AbsoluteUri, stripe.MeterEventName, stripe.SecondMeterEventName, stripe.Markup));
        Assert.Equal((null, TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), 10), (stripe.From, stripe.Interval, stripe.Grace, stripe.RequestsPerSecond));
        Assert.Empty(stripe.WebhookSecrets);
        Assert.True(stripe is { IsTest: true, IsLive: false });
    }

    [Fact]
    public void What_is_set_is_taken_and_no_secret_is_in_any_text()
    {
        Assert.Empty(Read(
            out var options, ("ApiKey", "rk_live_canary"), ("MeterEventName", "spend"), ("SecondMeterEventName", "calls"), ("SecondMeterUnit", "Requests"), ("Markup", "PRICE"),
            ("From", "2026-12-01"), ("Interval", "0:01:00"), ("Grace", "3.00:00:00"), ("WebhookSecret", "whsec_canary1, whsec_canary2"), ("RequestsPerSecond", "7")));
        var stripe = options.Stripe!;
        Assert.Equal(("spend", "calls", MeterUnit.Requests, MarkupPlace.Price), (stripe.MeterEventName, stripe.SecondMeterEventName, stripe.SecondMeterUnit, stripe.Markup));
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), stripe.From);
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromDays(3), 7), (stripe.Interval, stripe.Grace, stripe.RequestsPerSecond));
        Assert.Equal(["whsec_canary1", "whsec_canary2"], stripe.WebhookSecrets);
        Assert.True(stripe is { IsTest: false, IsLive: true });
        Assert.DoesNotContain("canary", $"{options} {stripe}", StringComparison.Ordinal);
        Assert.Empty(Read(out options, ("ApiKey", "sk_live_x")));
        Assert.Equal(500, options.Stripe!.RequestsPerSecond);
    }

    [Theory]
    [InlineData("ApiKey", "pk_live_canary", "a publishable key")]
    [InlineData("ApiKey", "canary", "sk_… or a restricted key rk_…")]
    [InlineData("ApiKey", "sk_test_with space", "sk_… or a restricted key rk_…")]
    [InlineData("BaseUrl", "api.stripe.com", "an absolute https URL")]
    [InlineData("BaseUrl", "https://user:canary@api.stripe.com", "an absolute https URL")]
    [InlineData("BaseUrl", "http://stripe.example", "must be https")]
    [InlineData("BaseUrl", "https://api.stripe.com/v1", "drop the /v1")]
    [InlineData("MeterEventName", "with space", "without spaces")]
    [InlineData("SecondMeterUnit", "tokens", "there is no second meter")]
    [InlineData("SecondMeterEventName", "calls", "`tokens` or `requests`")]
    [InlineData("Markup", "both", "`value`")]
    [InlineData("From", "yesterday", "an RFC 3339 instant or a date")]
    [InlineData("From", "2026-12-01T00:00:00", "an RFC 3339 instant or a date")]
    [InlineData("Interval", "00:00:59", "from 00:01:00 to 01:00:00")]
    [InlineData("Grace", "3.00:00:01", "from 00:00:00 to 3.00:00:00")]
    [InlineData("WebhookSecret", "canary", "begins with whsec_")]
    [InlineData("WebhookSecret", "whsec_a,whsec_b,whsec_c", "one secret, or two")]
    [InlineData("WebhookSecret", "whsec_", "begins with whsec_")]
    [InlineData("RequestsPerSecond", "0", "from 1 to 1000")]
    [InlineData("RequestsPerSecond", "1001", "from 1 to 1000")]
    [InlineData("Key", "x", "there are ApiKey, BaseUrl")]
    public void A_wrong_setting_is_told_with_what_would_be_right(string name, string value, string right)
    {
        var settings = new Dictionary<string, string> { ["ApiKey"] = "sk_test_canary", [name] = value };
        var error = Assert.Single(Read(out _, [.. settings.Select(setting => (setting.Key, setting.Value))]));
        var named = name == "SecondMeterEventName" ? "SecondMeterUnit" : name;
        Assert.StartsWith($"BudgetProxy__Stripe__{named}: ", error, StringComparison.Ordinal);
        Assert.Contains(right, error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://stripe.example", false)]
    [InlineData("https://api.stripe.com.example", false)]
    [InlineData("https://evilstripe.com", false)]
    [InlineData("https://api.stripe.com", true)]
    [InlineData("http://127.0.0.1:1", true)]
    [InlineData("http://localhost:1", true)]
    public void A_live_key_goes_to_Stripe_or_this_machine_alone(string url, bool taken)
    {
        var errors = Read(out _, ("ApiKey", "sk_live_canary"), ("BaseUrl", url));
        if (taken)
            Assert.Empty(errors);
        else
            Assert.Contains("a live key goes to Stripe alone", Assert.Single(errors), StringComparison.Ordinal);
        // A test key may go to any host that is encrypted.
        if (url.StartsWith("https", StringComparison.Ordinal))
            Assert.Empty(Read(out _, ("ApiKey", "sk_test_canary"), ("BaseUrl", url)));
    }

    [Fact]
    public void Two_meters_have_two_names() => Assert.Contains(
        "must be another meter", Assert.Single(Read(out _, ("ApiKey", "sk_test_x"), ("SecondMeterEventName", "budgetproxy_micro_usd"), ("SecondMeterUnit", "tokens"))), StringComparison.Ordinal);

    private static IReadOnlyList<string> Read(out ProxyOptions options, params (string Name, string Value)[] settings) => ProxyOptionsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("BudgetProxy:Stripe:" + setting.Name, (string?)setting.Value))).Build(), out options);
}
