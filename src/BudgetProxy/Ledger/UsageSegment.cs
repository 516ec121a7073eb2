namespace BudgetProxy.Ledger;

/// <summary>A stretch of settling time that is read from one place.</summary>
/// <param name="Level">Null = from the entries.</param>
/// <param name="From">Unix milliseconds, inclusive; null = from the first.</param>
/// <param name="To">Exclusive; null = to the last.</param>
internal readonly record struct UsageSegment(UsageLevel? Level, long? From, long? To);
