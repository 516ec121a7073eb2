namespace BudgetProxy.Dashboard.Answers;

/// <summary>The prepaid credit of a tenant.</summary>
public sealed record BalanceView(string Budget, decimal BalanceUsd, decimal CreditUsd, decimal SpentUsd, decimal HeldUsd)
{
    /// <summary>What is left once nothing is held any more: what goes with a tenant that is deleted.</summary>
    public decimal Unspent => CreditUsd - SpentUsd;
}
