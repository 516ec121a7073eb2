using BudgetProxy.Alerts;

namespace BudgetProxy.Admin;

/// <summary>One alert for one receiver.</summary>
/// <param name="Webhook">Its name; null = it is mail.</param>
/// <param name="Channel"><c>webhook</c> or <c>smtp</c>.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c>, <c>failed</c> or <c>dropped</c>.</param>
/// <param name="NextAttemptAt">Null unless it is pending.</param>
/// <param name="EndedAt">Null while it is pending.</param>
/// <param name="Attempts">Oldest first.</param>
public sealed record DeliveryDocument(
    string Id, string Alert, string Kind, string? Tenant, string Summary, string? Webhook, string Channel, string State, string? NextAttemptAt, string? EndedAt,
    IReadOnlyList<AttemptDocument> Attempts)
{
    public static DeliveryDocument Of(Delivery delivery)
    {
        var isMail = delivery.Target == Delivery.MailTarget;
        return new DeliveryDocument(
            delivery.PublicId, delivery.Alert.PublicId, delivery.Alert.Kind, delivery.Alert.Tenant, delivery.Alert.Summary,
            isMail ? null : delivery.Target, isMail ? "smtp" : "webhook", Names.Of(delivery.State),
            delivery.State == DeliveryState.Pending ? Names.Of(delivery.NextAt) : null, delivery.EndedAt is { } ended ? Names.Of(ended) : null,
            [.. delivery.Attempts.Select(attempt => new AttemptDocument(Names.Of(attempt.At), attempt.Status, attempt.Error, attempt.Milliseconds))]);
    }
}
