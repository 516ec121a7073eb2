namespace BudgetProxy.Alerts;

/// <summary>Somebody who is told by HTTP.</summary>
public sealed record Webhook
{
    /// <summary>Webhooks that there can be: each may have <see cref="AlertDispatcher.MostAtOnce"/> requests on their way.</summary>
    public const int Most = 50;

    public required string Name { get; init; }

    /// <summary>http or https, absolute, without credentials. It may itself be a secret, as those of chat services are.</summary>
    public required string Url { get; init; }

    /// <summary>Kinds of alerts; empty = every kind.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>Ids of tenants; empty = every tenant's alerts, and those that are no tenant's.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    public bool Enabled { get; init; } = true;

    /// <summary>Signs every delivery; see <see cref="WebhookSecret"/>.</summary>
    public required string Secret { get; init; }

    /// <summary>The secret before, which signs too until <see cref="OldUntil"/>; null = none.</summary>
    public string? OldSecret { get; init; }

    public DateTimeOffset? OldUntil { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Why the proxy turned it off by itself; null = it did not.</summary>
    public string? DisabledBecause { get; init; }

    /// <summary>True where it is told of alerts of this kind and tenant.</summary>
    public bool Wants(Alert alert) => Enabled
        && (Events.Count == 0 || Events.Contains(alert.Kind, StringComparer.Ordinal))
        && (Tenants.Count == 0 || (alert.Tenant is { } tenant && Tenants.Contains(tenant, StringComparer.Ordinal)));

    /// <summary>Keeps the secret, and what a URL may hide, out of logs.</summary>
    public override string ToString() => $"webhook {Name}";
}
