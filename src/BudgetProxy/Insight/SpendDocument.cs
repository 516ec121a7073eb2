namespace BudgetProxy.Insight;

/// <summary>What went through in a period.</summary>
/// <param name="Requests">Calls that were charged; refused ones not counted.</param>
/// <param name="CostUsd">What the providers take.</param>
/// <param name="ChargedUsd">With the tenants' markup.</param>
/// <param name="Tokens">Input, cached and written to a cache or not, and output.</param>
public sealed record SpendDocument(long Requests, long Refused, string CostUsd, string ChargedUsd, long Tokens);
