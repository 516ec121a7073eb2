using BudgetProxy.Alerts;
using BudgetProxy.Core.Money;
using BudgetProxy.Hosting;
using Microsoft.Extensions.Configuration;

namespace BudgetProxy.Tests.Hosting;

public sealed class AlertOptionsReaderTests
{
    [Fact]
    public void What_is_left_out_has_its_default()
    {
        Assert.Empty(Read(out var options));
        Assert.Equal((30, new NanoUsd(NanoUsd.PerUsd), null), (options.Alerts.RetentionDays, options.Alerts.VelocityFloor, options.Alerts.Smtp));
        Assert.Empty(Read(out options, ("Smtp:Host", "mail.test"), ("Smtp:From", "a@b.test"), ("Smtp:To", "c@d.test, Boss <e@f.test>,")));
        var smtp = options.Alerts.Smtp!;
        Assert.Equal(("mail.test", 587, null, SmtpTls.StartTls), (smtp.Host, smtp.Port, smtp.User, smtp.Tls));
        Assert.Equal(["c@d.test", "Boss <e@f.test>"], smtp.To);
    }

    [Fact]
    public void What_is_set_is_taken_and_no_password_is_in_any_text()
    {
        Assert.Empty(Read(
            out var options, ("RetentionDays", "365"), ("VelocityFloorUsd", "0.5"), ("Smtp:Host", "mail.test"), ("Smtp:From", "a@b.test"), ("Smtp:To", "c@d.test"),
            ("Smtp:Tls", "Implicit"), ("Smtp:User", "bot"), ("Smtp:Password", "canary")));
        Assert.Equal((365, new NanoUsd(NanoUsd.PerUsd / 2)), (options.Alerts.RetentionDays, options.Alerts.VelocityFloor));
        Assert.Equal((465, "bot", "canary", SmtpTls.Implicit), (options.Alerts.Smtp!.Port, options.Alerts.Smtp.User, options.Alerts.Smtp.Password, options.Alerts.Smtp.Tls));
        Assert.DoesNotContain("canary", $"{options} {options.Alerts} {options.Alerts.Smtp}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RetentionDays", "0", "from 1 to 365")]
    [InlineData("RetentionDays", "many", "from 1 to 365")]
    [InlineData("VelocityFloorUsd", "-1", "an amount of USD")]
    [InlineData("VelocityFloorUsd", "1e3", "an amount of USD")]
    [InlineData("Webhooks", "x", "there are RetentionDays, VelocityFloorUsd, Smtp")]
    [InlineData("Smtp:Port", "70000", "from 1 to 65535")]
    [InlineData("Smtp:Tls", "ssl", "`starttls`, `implicit` or `none`")]
    [InlineData("Smtp:Tls", "1", "`starttls`, `implicit` or `none`")]
    [InlineData("Smtp:From", "nobody at all", "no mail address")]
    [InlineData("Smtp:To", "a@b.test,@", "no mail address")]
    [InlineData("Smtp:Password", "canary", "needs a user")]
    [InlineData("Smtp:Username", "bot", "there are Host, Port, User")]
    public void A_wrong_setting_is_told_with_what_would_be_right(string name, string value, string right)
    {
        Dictionary<string, string> settings = name.StartsWith("Smtp:", StringComparison.Ordinal)
            ? new() { ["Smtp:Host"] = "mail.test", ["Smtp:From"] = "a@b.test", ["Smtp:To"] = "c@d.test" }
            : [];
        settings[name] = value;
        var error = Assert.Single(Read(out _, [.. settings.Select(setting => (setting.Key, setting.Value))]));
        Assert.StartsWith($"BudgetProxy__Alerts__{name.Replace(":", "__", StringComparison.Ordinal)}: ", error, StringComparison.Ordinal);
        Assert.Contains(right, error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_mail_server_names_what_is_missing()
    {
        var errors = Read(out _, ("Smtp:Host", "mail.test"));
        Assert.Equal(["BudgetProxy__Alerts__Smtp__From", "BudgetProxy__Alerts__Smtp__To"], errors.Select(error => error.Split(':')[0]));
    }

    private static IReadOnlyList<string> Read(out ProxyOptions options, params (string Key, string Value)[] settings)
    {
        var pairs = settings.Select(setting => new KeyValuePair<string, string?>($"BudgetProxy:Alerts:{setting.Key}", setting.Value));
        return ProxyOptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(pairs).Build(), out options);
    }
}
