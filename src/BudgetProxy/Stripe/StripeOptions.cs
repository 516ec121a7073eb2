namespace BudgetProxy.Stripe;

/// <summary>How usage gets to Stripe; where there is no API key there are no such options, and nothing is exported.</summary>
public sealed record StripeOptions
{
    /// <summary>Where Stripe is, without the version.</summary>
    public static readonly Uri PublicUrl = new("https://api.stripe.com");

    /// <summary>The secret or restricted key, <c>sk_…</c> or <c>rk_…</c>. Never logged nor shown.</summary>
    public required string ApiKey { get; init; }

    /// <summary>Https, or http on loopback.</summary>
    public Uri BaseUrl { get; init; } = PublicUrl;

    /// <summary>The meter of money, in micro-dollars; at most 100 characters.</summary>
    public string MeterEventName { get; init; } = "budgetproxy_micro_usd";

    /// <summary>The meter of units beside it; null = none.</summary>
    public string? SecondMeterEventName { get; init; }

    /// <summary>What <see cref="SecondMeterEventName"/> counts.</summary>
    public MeterUnit SecondMeterUnit { get; init; }

    /// <summary>Where the markup is: in what is sent, or in the price at Stripe.</summary>
    public MarkupPlace Markup { get; init; }

    /// <summary>Usage settled before is never sent; null = the hour in which the export was first on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>How often usage is cut into buckets and sent; 1 minute to 1 hour.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after its hour's end a bucket may still be stamped with that hour, 0 to 3 days; later it is stamped with the time of sending.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What Stripe signs its webhooks with: none = they are not taken; two while one replaces the other. Never logged nor shown.</summary>
    public IReadOnlyList<string> WebhookSecrets { get; init; } = [];

    /// <summary>Most requests a second to Stripe; 1 to 1000.</summary>
    public int RequestsPerSecond { get; init; }

    /// <summary>True: money moves by this key.</summary>
    public bool IsLive => IsLiveKey(ApiKey);

    /// <summary>True: the key is one of a sandbox.</summary>
    public bool IsTest => ApiKey.StartsWith("sk_test_", StringComparison.Ordinal) || ApiKey.StartsWith("rk_test_", StringComparison.Ordinal);

    public static bool IsLiveKey(string key) => key.StartsWith("sk_live_", StringComparison.Ordinal) || key.StartsWith("rk_live_", StringComparison.Ordinal);

    /// <summary>Keeps key and secrets out of logs and error texts.</summary>
    public override string ToString() => $"{(IsLive ? "live" : "test")} key at {BaseUrl}";
}
