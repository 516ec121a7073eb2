using System.Globalization;
using BudgetProxy.Admin;
using BudgetProxy.Stripe;

namespace BudgetProxy.Hosting;

/// <summary>Reads the settings under <c>BudgetProxy__Stripe</c>.</summary>
internal sealed class StripeOptionsReader
{
    private const string Prefix = "Stripe:";
    private const int MostNameChars = 100;
    private const int MostRequests = 1000;

    /// <summary>Half of what Stripe takes: 1000 a second of meter events live, 25 of all in a sandbox.</summary>
    private const int LiveRequests = 500;
    private const int TestRequests = 10;

    private static readonly string[] Known =
    [
        "ApiKey", "BaseUrl", "MeterEventName", "SecondMeterEventName", "SecondMeterUnit", "Markup", "From", "Interval", "Grace", "WebhookSecret", "RequestsPerSecond",
    ];

    private readonly IConfigurationSection _section;
    private readonly Action<string, string> _error;

    private StripeOptionsReader(IConfigurationSection section, Action<string, string> error)
    {
        _section = section;
        _error = error;
    }

    /// <summary>Null where there is no key; what else is set is checked all the same.</summary>
    /// <param name="error">Takes a setting's name below <c>BudgetProxy</c>, and what would be right.</param>
    public static StripeOptions? Read(IConfigurationSection section, Action<string, string> error) => new StripeOptionsReader(section, error).ReadAll();

    private StripeOptions? ReadAll()
    {
        foreach (var child in _section.GetChildren())
        {
            if (!Known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                Error(child.Key, $"no such setting; there are {string.Join(", ", Known)}");
        }

        var key = ReadKey();
        var live = key is not null && StripeOptions.IsLiveKey(key);
        var (secondMeter, secondUnit) = ReadSecondMeter();
        var meter = ReadName("MeterEventName") ?? "budgetproxy_micro_usd";
        if (meter == secondMeter)
            Error("SecondMeterEventName", "must be another meter than MeterEventName");
        var options = new StripeOptions
        {
            ApiKey = key ?? "",
            BaseUrl = ReadUrl(live),
            MeterEventName = meter,
            SecondMeterEventName = secondMeter,
            SecondMeterUnit = secondUnit,
            Markup = ReadMarkup(),
            From = ReadFrom(),
            Interval = Duration("Interval", TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)),
            Grace = Duration("Grace", TimeSpan.FromHours(1), TimeSpan.Zero, TimeSpan.FromDays(3)),
            WebhookSecrets = ReadSecrets(),
            RequestsPerSecond = ReadRequests(live ? LiveRequests : TestRequests),
        };
        return key is null ? null : options;
    }

    private string? ReadKey()
    {
        if (Text("ApiKey") is not { } key)
            return null;
        if (key.StartsWith("pk_", StringComparison.Ordinal))
            Error("ApiKey", "this is a publishable key, by which nothing can be reported: take a secret key sk_… or, better, a restricted one rk_…");
        else if (!IsPrintable(key) || !(key.StartsWith("sk_", StringComparison.Ordinal) || key.StartsWith("rk_", StringComparison.Ordinal)))
            Error("ApiKey", "must be a secret key sk_… or a restricted key rk_… of Stripe");
        return key;
    }

    private Uri ReadUrl(bool live)
    {
        if (Text("BaseUrl") is not { } text)
            return StripeOptions.PublicUrl;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.UserInfo.Length > 0
            || url.Fragment.Length > 0)
        {
            Error("BaseUrl", "must be an absolute https URL without query or credentials, such as https://api.stripe.com");
            return StripeOptions.PublicUrl;
        }

        if (url.Scheme == "http" && !url.IsLoopback)
            Error("BaseUrl", "must be https: the key goes there. http is for this machine alone");
        else if (live && !url.IsLoopback && !IsStripe(url.IdnHost))
            Error("BaseUrl", $"a live key goes to Stripe alone, and `{url.IdnHost}` is not stripe.com: take a test key, or leave BaseUrl out");
        if (url.AbsolutePath.TrimEnd('/').EndsWith("/v1", StringComparison.Ordinal))
            Error("BaseUrl", "the base URL is without the version: drop the /v1 at its end");
        return url;
    }

    private static bool IsStripe(string host) =>
        host.Equals("stripe.com", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".stripe.com", StringComparison.OrdinalIgnoreCase);

    private (string? Name, MeterUnit Unit) ReadSecondMeter()
    {
        var name = ReadName("SecondMeterEventName");
        var text = Text("SecondMeterUnit");
        if (name is null && text is not null)
            Error("SecondMeterUnit", "there is no second meter: set BudgetProxy__Stripe__SecondMeterEventName too, or leave both out");
        if (name is not null && text is null)
            Error("SecondMeterUnit", "must say what the second meter counts: `tokens` or `requests`");
        if (text is null || text.Equals("tokens", StringComparison.OrdinalIgnoreCase))
            return (name, MeterUnit.Tokens);
        if (!text.Equals("requests", StringComparison.OrdinalIgnoreCase))
            Error("SecondMeterUnit", $"must be `tokens` or `requests`, not `{text}`");
        return (name, MeterUnit.Requests);
    }

    private string? ReadName(string name)
    {
        var text = Text(name);
        if (text is not null && (text.Length > MostNameChars || !IsPrintable(text)))
            Error(name, $"must be at most {MostNameChars} printable ASCII characters without spaces");
        return text;
    }

    private MarkupPlace ReadMarkup()
    {
        var text = Text("Markup") ?? "value";
        if (text.Equals("price", StringComparison.OrdinalIgnoreCase))
            return MarkupPlace.Price;
        if (!text.Equals("value", StringComparison.OrdinalIgnoreCase))
            Error("Markup", $"must be `value` (events carry what is charged) or `price` (they carry the cost, and the price has the markup), not `{text}`");
        return MarkupPlace.Value;
    }

    private DateTimeOffset? ReadFrom()
    {
        if (Text("From") is not { } text)
            return null;
        if (InstantText.TryParseOrDate(text, out var from))
            return from;
        Error("From", $"must be an RFC 3339 instant or a date in UTC, such as 2026-12-01T00:00:00Z or 2026-12-01, not `{text}`");
        return null;
    }

    private string[] ReadSecrets()
    {
        var secrets = (Text("WebhookSecret") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (secrets.Length > 2)
            Error("WebhookSecret", "takes one secret, or two with a comma between them while one replaces the other");
        // Not shown: it may be a secret that was pasted with a mistake.
        if (!secrets.All(secret => secret.StartsWith("whsec_", StringComparison.Ordinal) && secret.Length > "whsec_".Length && IsPrintable(secret)))
            Error("WebhookSecret", "a signing secret of Stripe begins with whsec_: copy it from the webhook's page");
        return secrets;
    }

    private int ReadRequests(int fallback)
    {
        if (Text("RequestsPerSecond") is not { } text)
            return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= MostRequests)
            return value;
        Error("RequestsPerSecond", $"must be a whole number from 1 to {MostRequests}, not `{text}`");
        return fallback;
    }

    private TimeSpan Duration(string name, TimeSpan fallback, TimeSpan least, TimeSpan most)
    {
        if (Text(name) is not { } text)
            return fallback;
        if (TimeSpan.TryParseExact(text, ["c", @"h\:mm\:ss"], CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        Error(name, $"must be a duration hh:mm:ss or d.hh:mm:ss from {least:c} to {most:c}, not `{text}`");
        return fallback;
    }

    private static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    private string? Text(string name) => string.IsNullOrWhiteSpace(_section[name]) ? null : _section[name]!.Trim();

    private void Error(string name, string reason) => _error(Prefix + name, reason);
}
