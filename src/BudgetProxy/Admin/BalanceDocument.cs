using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Tenants;

namespace BudgetProxy.Admin;

/// <summary>The prepaid credit of a tenant, in dollars of what it is charged.</summary>
/// <param name="Budget">The budget that keeps it, which is topped up.</param>
/// <param name="BalanceUsd">What is left: credit − spent − held. Below zero after an overrun; the next top-up pays that first.</param>
/// <param name="CreditUsd">Its budget's limit and all top-ups.</param>
/// <param name="SpentUsd">Charged for calls since the credit began.</param>
/// <param name="HeldUsd">Held by calls in flight.</param>
public sealed record BalanceDocument(string Tenant, string Budget, string BalanceUsd, string CreditUsd, string SpentUsd, string HeldUsd)
{
    /// <param name="credit">The tenant's.</param>
    /// <param name="state">Of its one counter.</param>
    internal static BalanceDocument Of(Tenant tenant, Budget credit, BudgetState state) => new(
        tenant.Id, credit.Name, Text(state.Remaining), Text(state.Limit), Text(state.Spent), Text(state.Held));

    private static string Text(long nanoUsd) => new NanoUsd(nanoUsd).ToBalance();
}
