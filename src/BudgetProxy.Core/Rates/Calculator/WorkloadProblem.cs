namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>What is wrong with one field of a workload.</summary>
/// <param name="Field">As the admin API spells it: <c>inputTokens</c>.</param>
/// <param name="Message">What would be right, in a sentence.</param>
public sealed record WorkloadProblem(string Field, string Message);
