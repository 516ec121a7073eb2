namespace BudgetProxy.Alerts;

/// <summary>Who tells of alerts, and how it is known that there is something to tell.</summary>
public sealed record AlertSenders(WebhookSender Webhooks, MailSender Mail, AlertRaiser Raiser, AlertMetrics Metrics);
