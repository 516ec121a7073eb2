using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Tenants;

/// <summary>What people are told of prepaid balances.</summary>
internal static class CreditTexts
{
    /// <summary>Why a tenant can't be deleted, and how it can.</summary>
    /// <param name="state">Of the credit's one counter; something is left of it, or it is below zero.</param>
    public static string LostByDeletion(string tenant, BudgetState state) =>
        $"The tenant '{tenant}' has a prepaid balance of {new NanoUsd(state.Limit - state.Spent).ToBalance()} USD in its budget '{state.Budget.Name}', which would go with it. "
        + $"Settle it first; or delete the tenant and its balance by DELETE /admin/v1/tenants/{tenant}?discardBalance=true.";

    /// <summary>Why a change that takes a tenant's credit from it can't be made, and what to do first.</summary>
    /// <param name="state">Of the credit's one counter; something is left of it, or held, or it is below zero.</param>
    public static string Lost(string tenant, BudgetState state)
    {
        var left = new NanoUsd(state.Limit - state.Spent);
        var has = $"The tenant '{tenant}' has a prepaid balance of {left.ToBalance()} USD in its budget '{state.Budget.Name}'";
        if (state.Held != 0)
            return $"{has}, of which calls in flight hold {new NanoUsd(state.Held).ToBalance()}; wait until they have ended.";
        var topUp = $"POST /admin/v1/tenants/{tenant}/budgets/{state.Budget.Name}/topup with {{\"usd\":\"{new NanoUsd(-left.Value).ToBalance()}\"}}";
        return left > NanoUsd.Zero
            ? $"{has}, which would be lost. Let it be spent, or pay it back and take it off first: {topUp}."
            : $"{has}, and what is below zero could not be collected any more. Collect it and top it up first: {topUp}.";
    }
}
