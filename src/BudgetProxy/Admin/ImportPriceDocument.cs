namespace BudgetProxy.Admin;

/// <summary>One figure that an import changes.</summary>
/// <param name="Price">Which: <c>standard.input</c>, <c>long.batch.output</c>, <c>toolCall</c>, …</param>
/// <param name="Old">USD per million tokens, or of one call; null = there was none.</param>
/// <param name="Ratio">New ÷ old.</param>
/// <param name="Warning">Why to look twice.</param>
public sealed record ImportPriceDocument(string Price, string? Old, string? New, decimal? Ratio, string? Warning);
