namespace BudgetProxy.Alerts;

/// <summary>How an attempt ended.</summary>
/// <param name="RetryAfter">For how long the receiver asks to be left alone; null = it does not say.</param>
/// <param name="Gone">True = it wants no more, ever: 410.</param>
public sealed record WebhookAnswer(DeliveryAttempt Attempt, TimeSpan? RetryAfter, bool Gone);
