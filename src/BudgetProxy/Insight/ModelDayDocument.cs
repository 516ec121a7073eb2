namespace BudgetProxy.Insight;

/// <summary>A model's day, UTC.</summary>
/// <param name="Model"><c>other</c> = all that are not among the dearest.</param>
public sealed record ModelDayDocument(string Day, string Model, long Requests, string CostUsd);
