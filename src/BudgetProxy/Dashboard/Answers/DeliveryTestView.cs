namespace BudgetProxy.Dashboard.Answers;

/// <summary>How a test of a webhook went.</summary>
public sealed record DeliveryTestView(bool Delivered, int? Status, string? Error, long? Milliseconds);
