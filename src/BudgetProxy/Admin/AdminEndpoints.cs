using BudgetProxy.Billing;
using BudgetProxy.Core.Rates.Calculator;
using BudgetProxy.Insight;
using BudgetProxy.Invoices;
using BudgetProxy.DirectoryFile;
using BudgetProxy.Statements;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary>
/// The admin API under <c>/admin/v1</c>. It takes <see cref="Tenants.TenantDirectory"/>, <see cref="Reservations.IReservationStore"/>,
/// <see cref="Ledger.ILedger"/>, <see cref="Rates.RateTable"/> and <see cref="TimeProvider"/> from the services.
/// </summary>
public static class AdminEndpoints
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) =>
        services.AddSingleton<DirectoryApplier>().AddSingleton<BilledMonths>().AddSingleton<StatementReader>().ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, AdminJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, EstimateJson.Default);
        });

    public static IEndpointRouteBuilder MapAdmin(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/admin/v1").AddEndpointFilter<AdminGate>();
        TenantsApi.Map(admin);
        KeysApi.Map(admin);
        BudgetsApi.Map(admin);
        BudgetActsApi.Map(admin);
        BalanceApi.Map(admin);
        UsageApi.Map(admin);
        LedgerApi.Map(admin);
        StatementsApi.Map(admin);
        RatesApi.Map(admin);
        EstimateApi.Map(admin);
        RatesImportApi.Map(admin);
        RerateApi.Map(admin);
        AdminKeysApi.Map(admin);
        AlertsApi.Map(admin);
        WebhooksApi.Map(admin);
        InsightApi.Map(admin);
        PlansApi.Map(admin);
        InvoicesApi.Map(admin);
        AuditApi.Map(admin);
        DirectoryApi.Map(admin);
        StripeRejectsApi.Map(admin);
        ResendApi.Map(admin);
        StripeSetupApi.Map(admin);
        ExportsApi.Map(admin);
        ReconciliationApi.Map(admin);
        admin.Map("/{**path}", NoSuchCall).ExcludeFromDescription();
        return routes;
    }

    /// <summary>Behind the gate too, so that a stranger can't map the API.</summary>
    private static ProblemHttpResult NoSuchCall(HttpRequest request) => Problems.NotFound($"There is no admin call {request.Method} {request.Path}.");
}
