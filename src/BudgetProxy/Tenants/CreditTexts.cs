using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Tenants;

/// <summary>What people are told of prepaid balances.</summary>
internal static class CreditTexts
{
    /// <summary>Why a tenant can't be deleted, and how it can.</summary>
    /// <param name="state">Of the credit's one counter; something is left of it, or it is below zero.</param>
    public static string LostByDeletion(string tenant, BudgetState state) => $"{Has(tenant, state)}, which would go with it. {HowToDelete(tenant, state)}";

    /// <summary>Why a file that lacks a tenant does not delete it.</summary>
    /// <param name="state">As above.</param>
    public static string Stays(string tenant, BudgetState state) => $"{Has(tenant, state)}; so it stays, though it is not in the file, with its plan. {HowToDelete(tenant, state)}";

    /// <summary>Why a change that takes a tenant's credit from it can't be made, and what to do first.</summary>
    /// <param name="state">Of the credit's one counter; something is left of it, or held, or it is below zero.</param>
    public static string Lost(string tenant, BudgetState state)
    {
        var left = new NanoUsd(state.Limit - state.Spent);
        var has = Has(tenant, state);
        if (state.Held != 0)
            return $"{has}, of which calls in flight hold {new NanoUsd(state.Held).ToBalance()}; wait until they have ended.";
        var topUp = TopUp(tenant, state);
        return left > NanoUsd.Zero
            ? $"{has}, which would be lost. Let it be spent, or pay it back and take it off first: {topUp}."
            : $"{has}, and what is below zero could not be collected any more. Collect it and top it up first: {topUp}.";
    }

    private static string Has(string tenant, BudgetState state) =>
        $"The tenant '{tenant}' has a prepaid balance of {new NanoUsd(state.Limit - state.Spent).ToBalance()} USD in its budget '{state.Budget.Name}'";

    private static string HowToDelete(string tenant, BudgetState state) =>
        $"{(state.Held == 0 ? $"Settle it first: {TopUp(tenant, state)}." : "Wait until its calls in flight have ended, and settle it.")} Or delete both: DELETE /admin/v1/tenants/{tenant}?discardBalance={new NanoUsd(state.Limit - state.Spent).ToBalance()}.";

    /// <summary>The call that leaves nothing.</summary>
    private static string TopUp(string tenant, BudgetState state) =>
        $"POST /admin/v1/tenants/{tenant}/budgets/{state.Budget.Name}/topup with {{\"usd\":\"{new NanoUsd(state.Spent - state.Limit).ToBalance()}\"}}";
}
