namespace BudgetProxy.OpenApi.Calls;

/// <summary>Alerts and where they are sent.</summary>
internal static class AlertCalls
{
    public static readonly Dictionary<string, CallText> All = new(StringComparer.Ordinal)
    {
        ["GET /alerts"] = new("listAlerts", "Alerts that were raised, newest first.", null, "audit.tenant", "kind", "limit", "after"),
        ["GET /alerts/deliveries"] = new("listDeliveries", "Attempts to deliver alerts, newest first.", null, "webhook", "state", "limit", "after"),
        ["POST /alerts/deliveries/{id}/retry"] = new("retryDelivery", "Tries a delivery again now."),
        ["GET /alerts/webhooks"] = new("listWebhooks", "Webhooks, without their secrets.", null, "limit", "after"),
        ["GET /alerts/webhooks/{name}"] = new("getWebhook", "One webhook, without its secret."),
        ["PUT /alerts/webhooks/{name}"] = new("putWebhook", "Makes or replaces a webhook. The secret is in the answer that makes it, and never again.", "WebhookDefinition"),
        ["DELETE /alerts/webhooks/{name}"] = new("deleteWebhook", "Deletes a webhook."),
        ["POST /alerts/webhooks/{name}/test"] = new("testWebhook", "Sends a test alert and says how it was answered."),
        ["POST /alerts/webhooks/{name}/secret"] = new("renewWebhookSecret", "Makes a new secret, which is in this answer and never again."),
    };
}
