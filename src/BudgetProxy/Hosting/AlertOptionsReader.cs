using System.Globalization;
using BudgetProxy.Alerts;
using BudgetProxy.Core.Money;
using MimeKit;

namespace BudgetProxy.Hosting;

/// <summary>Reads the settings under <c>BudgetProxy__Alerts</c>.</summary>
internal static class AlertOptionsReader
{
    private const int MostDays = 365;
    private const int HighestPort = 65_535;

    private static readonly string[] Known = ["RetentionDays", "VelocityFloorUsd", "Smtp"];
    private static readonly string[] KnownSmtp = ["Host", "Port", "User", "Password", "From", "To", "Tls"];

    /// <param name="error">Takes a setting's name below <c>BudgetProxy</c>, and what would be right.</param>
    public static AlertOptions Read(IConfigurationSection section, Action<string, string> error)
    {
        RefuseUnknown(section, "Alerts:", Known, error);
        var fallback = new AlertOptions();
        var floor = fallback.VelocityFloor;
        if (Text(section, "VelocityFloorUsd") is { } usd && (!NanoUsd.TryParse(usd, out floor) || floor < NanoUsd.Zero || floor > NanoUsd.MaxLimit))
            error("Alerts:VelocityFloorUsd", $"must be an amount of USD from 0 to {NanoUsd.MaxLimit.ToBalance()}, such as 1.00, not `{usd}`");
        return new AlertOptions
        {
            RetentionDays = Integer(section, "Alerts:", "RetentionDays", fallback.RetentionDays, MostDays, error),
            VelocityFloor = floor,
            Smtp = ReadSmtp(section.GetSection("Smtp"), error),
        };
    }

    private static SmtpOptions? ReadSmtp(IConfigurationSection section, Action<string, string> error)
    {
        const string Prefix = "Alerts:Smtp:";
        RefuseUnknown(section, Prefix, KnownSmtp, error);
        if (!section.GetChildren().Any(child => !string.IsNullOrWhiteSpace(child.Value)))
            return null;
        string Required(string name)
        {
            if (Text(section, name) is { } text)
                return text;
            error(Prefix + name, "mail needs Host, From and To: set it, or leave all of Smtp out");
            return "";
        }

        var (host, from) = (Required("Host"), Required("From"));
        var to = Required("To").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var (name, address) in to.Select(one => ("To", one)).Prepend(("From", from)))
        {
            if (address.Length > 0 && !MailboxAddress.TryParse(address, out _))
                error(Prefix + name, $"`{address}` is no mail address");
        }

        if (Text(section, "Password") is not null && Text(section, "User") is null)
            error(Prefix + "Password", "a password needs a user: set BudgetProxy__Alerts__Smtp__User too");
        var tls = Text(section, "Tls") ?? "starttls";
        if (!Enum.TryParse<SmtpTls>(tls, ignoreCase: true, out var how) || int.TryParse(tls, CultureInfo.InvariantCulture, out _))
            error(Prefix + "Tls", $"must be `starttls`, `implicit` or `none`, not `{tls}`");
        return new SmtpOptions
        {
            Host = host,
            Port = Integer(section, Prefix, "Port", how == SmtpTls.Implicit ? 465 : 587, HighestPort, error),
            User = Text(section, "User"),
            Password = Text(section, "Password"),
            From = from,
            To = to,
            Tls = how,
        };
    }

    private static int Integer(IConfigurationSection section, string prefix, string name, int fallback, int most, Action<string, string> error)
    {
        if (Text(section, name) is not { } text)
            return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most)
            return value;
        error(prefix + name, $"must be a whole number from 1 to {most}, not `{text}`");
        return fallback;
    }

    private static void RefuseUnknown(IConfigurationSection section, string prefix, string[] known, Action<string, string> error)
    {
        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                error(prefix + child.Key, $"no such setting; there are {string.Join(", ", known)}");
        }
    }

    private static string? Text(IConfigurationSection section, string name) => string.IsNullOrWhiteSpace(section[name]) ? null : section[name]!.Trim();
}
