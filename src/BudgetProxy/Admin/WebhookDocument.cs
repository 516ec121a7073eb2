using System.Text.Json.Serialization;
using BudgetProxy.Alerts;
using BudgetProxy.Tenants;

namespace BudgetProxy.Admin;

/// <summary>A webhook as the admin API shows it.</summary>
/// <param name="Url">In full to the role admin alone; others see its origin, since the path of a chat service's webhook is a secret.</param>
/// <param name="Events">Kinds of alerts; empty = every kind.</param>
/// <param name="Tenants">Empty = every tenant, and what is no tenant's.</param>
/// <param name="Enabled">False = it is told of nothing; what waits for it waits on.</param>
/// <param name="DisabledBecause">Why the proxy turned it off by itself; null = it did not.</param>
public sealed record WebhookDocument(
    string Name, string Url, IReadOnlyList<string> Events, IReadOnlyList<string> Tenants, bool Enabled, string? DisabledBecause, string CreatedAt)
{
    /// <summary>Only in the answer that made it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    /// <summary>Until when the secret before it signs too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OldSecretUntil { get; init; }

    /// <summary>Only in the audit trail: changes with the URL and the secret, and tells nothing of either.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Fingerprint { get; init; }

    /// <param name="role">Of the key that asks.</param>
    public static WebhookDocument Of(Webhook webhook, AdminRole role, bool withSecret = false) => new(
        webhook.Name, role == AdminRole.Admin ? webhook.Url : OriginOf(webhook.Url), webhook.Events, webhook.Tenants, webhook.Enabled, webhook.DisabledBecause,
        Names.Of(webhook.CreatedAt))
    {
        Secret = withSecret ? webhook.Secret : null,
        OldSecretUntil = webhook.OldUntil is { } until ? Names.Of(until) : null,
    };

    private static string OriginOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed.GetLeftPart(UriPartial.Authority) + "/…" : "…";
}
