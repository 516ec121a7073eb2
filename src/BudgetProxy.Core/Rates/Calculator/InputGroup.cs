namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>Requests of a workload that are alike.</summary>
/// <param name="Requests">How many; 1 or more.</param>
/// <param name="Tokens">Input tokens of each beside the cached prefix.</param>
public readonly record struct InputGroup(long Requests, long Tokens);
