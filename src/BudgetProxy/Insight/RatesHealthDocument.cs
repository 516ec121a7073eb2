namespace BudgetProxy.Insight;

/// <summary>The prices in force.</summary>
/// <param name="Newest">The day on which the shipped rows were compiled or a file was last imported, whichever was later.</param>
/// <param name="Stale">True when that is so long ago that providers have probably changed theirs.</param>
public sealed record RatesHealthDocument(int Rows, string Newest, int AgeDays, bool Stale);
