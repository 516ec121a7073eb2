namespace BudgetProxy.Insight;

/// <summary>How one of the stores answered just now.</summary>
/// <param name="Name"><c>sqlite</c>, <c>redis</c> or <c>postgres</c>.</param>
/// <param name="Latency">How long the answer took.</param>
/// <param name="Detail">What there is to say of it, for people.</param>
/// <param name="Skew">Its clock − this process's; null = it has none of its own, or did not answer.</param>
public sealed record StoreState(string Name, bool Ok, TimeSpan Latency, string Detail, TimeSpan? Skew);
