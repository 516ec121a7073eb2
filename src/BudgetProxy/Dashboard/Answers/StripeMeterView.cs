namespace BudgetProxy.Dashboard.Answers;

/// <summary>A meter that usage is sent to.</summary>
/// <param name="Unit">charged, cost, tokens or requests; null = it is no longer configured.</param>
/// <param name="Value">Micro-dollars, or units.</param>
public sealed record StripeMeterView(string EventName, string? Unit, long Buckets, decimal Usd, long Value);
