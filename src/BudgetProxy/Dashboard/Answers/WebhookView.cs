namespace BudgetProxy.Dashboard.Answers;

/// <summary>Where alerts are sent. The secret is there once, in the answer that makes it.</summary>
public sealed record WebhookView(
    string Name, string Url, IReadOnlyList<string>? Events, IReadOnlyList<string>? Tenants, bool Enabled, string? DisabledBecause,
    DateTimeOffset? CreatedAt, string? Secret);
