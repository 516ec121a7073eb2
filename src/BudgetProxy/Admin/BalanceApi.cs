using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>GET /tenants/{tenant}/balance</c>: the prepaid credit of a tenant.</summary>
internal static class BalanceApi
{
    public static void Map(IEndpointRouteBuilder admin) => admin.MapGet("/tenants/{tenant}/balance", Get);

    private static async Task<Results<Ok<BalanceDocument>, ProblemHttpResult>> Get(
        string tenant, TenantDirectory directory, IReservationStore reservations, CancellationToken cancellationToken)
    {
        if (directory.Current.FindTenant(tenant) is not { } found)
            return Problems.NoSuchTenant();
        if (found.Credit is not { } credit)
            return Problems.NotFound("The tenant has no prepaid credit: it is on no plan with \"billing\":\"prepaid\".");
        var states = await reservations.PeekAsync([new Hold(credit, "", 0)], cancellationToken);
        return TypedResults.Ok(BalanceDocument.Of(found, credit, states[0]));
    }
}
