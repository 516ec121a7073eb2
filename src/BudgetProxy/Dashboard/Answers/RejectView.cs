namespace BudgetProxy.Dashboard.Answers;

/// <summary>Usage that Stripe took and threw away.</summary>
public sealed record RejectView(string Id, DateTimeOffset At, string Code, string Message, long? Count, string? Identifier, Guid? Bucket, string? Tenant);
