namespace BudgetProxy.Statements;

/// <summary>A month in which a tenant used something.</summary>
/// <param name="Month">Such as <c>2026-11</c>, in UTC.</param>
/// <param name="SoFar">True where it is not over.</param>
/// <param name="Calls">Calls that settled in it.</param>
/// <param name="Tokens">Input and output of all kinds.</param>
/// <param name="CostUsd">What the providers take.</param>
/// <param name="ChargedUsd">With markup.</param>
public sealed record StatementMonthDocument(string Month, bool SoFar, long Calls, long Tokens, string CostUsd, string ChargedUsd);
