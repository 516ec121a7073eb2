using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>Where alerts go, what was raised, and what became of telling it.</summary>
public sealed record AlertsModel(Part<ListOf<WebhookView>> Webhooks, Part<ListOf<AlertView>> Alerts, Part<ListOf<DeliveryView>> Deliveries)
{
    public FormState? State { get; init; }

    /// <summary>A webhook just made, whose secret is shown this once.</summary>
    public WebhookView? Made { get; init; }

    /// <summary>A test that was just sent, and to which webhook.</summary>
    public (string Webhook, DeliveryTestView Result)? Tested { get; init; }
}
