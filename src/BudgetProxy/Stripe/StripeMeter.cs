namespace BudgetProxy.Stripe;

/// <summary>A meter at Stripe.</summary>
/// <param name="Formula"><c>sum</c>, <c>count</c> or <c>last</c>.</param>
/// <param name="CustomerKey">The key of an event's payload that names the customer; null = the customer is not found by a key.</param>
/// <param name="ValueKey">The key of an event's payload that has the value.</param>
/// <param name="EventTimeWindow">Null = every event counts; else only the last of each <c>hour</c> or <c>day</c>.</param>
public sealed record StripeMeter(
    string Id, string EventName, bool IsActive, string Formula, string? CustomerKey, string ValueKey, string? EventTimeWindow, bool IsLive);
