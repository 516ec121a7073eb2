namespace BudgetProxy.Insight;

/// <summary>Refusals of one hour with one code.</summary>
/// <param name="Hour">The hour's first instant, UTC.</param>
public sealed record RefusalHour(DateTimeOffset Hour, string Code, long Count);
