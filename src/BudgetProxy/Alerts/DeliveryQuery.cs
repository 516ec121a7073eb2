namespace BudgetProxy.Alerts;

/// <summary>Which deliveries; null = any. Newest first.</summary>
/// <param name="Target">A webhook's name, or <see cref="Delivery.MailTarget"/>.</param>
/// <param name="After">Only those older than this one.</param>
/// <param name="Most">At most so many.</param>
public sealed record DeliveryQuery(string? Target, DeliveryState? State, Guid? After, int Most);
