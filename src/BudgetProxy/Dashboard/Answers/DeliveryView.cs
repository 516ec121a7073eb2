namespace BudgetProxy.Dashboard.Answers;

/// <summary>One alert for one receiver.</summary>
public sealed record DeliveryView(
    string Id, string Kind, string? Tenant, string Summary, string? Webhook, string Channel, string State, DateTimeOffset? NextAttemptAt,
    DateTimeOffset? EndedAt, IReadOnlyList<AttemptView>? Attempts);
