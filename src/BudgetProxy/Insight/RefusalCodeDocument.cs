namespace BudgetProxy.Insight;

/// <summary>Refusals with one code over the days that were asked for.</summary>
public sealed record RefusalCodeDocument(string Code, long Count);
