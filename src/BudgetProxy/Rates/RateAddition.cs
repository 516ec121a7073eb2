namespace BudgetProxy.Rates;

/// <summary>What came of adding rows.</summary>
/// <param name="Added">The rows that are new; those that were there with the same content are not among them.</param>
/// <param name="Problem">Why nothing was added; null = all given rows are in the table now.</param>
public sealed record RateAddition(IReadOnlyList<RateRow> Added, string? Problem = null);
