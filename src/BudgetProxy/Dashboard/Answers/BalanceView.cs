namespace BudgetProxy.Dashboard.Answers;

/// <summary>The prepaid credit of a tenant.</summary>
public sealed record BalanceView(string Budget, decimal BalanceUsd, decimal CreditUsd, decimal SpentUsd, decimal HeldUsd);
