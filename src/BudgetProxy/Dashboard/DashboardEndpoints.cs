using System.Net;
using BudgetProxy.Dashboard.Answers;
using BudgetProxy.Dashboard.Pages;
using BudgetProxy.Dashboard.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace BudgetProxy.Dashboard;

/// <summary>
/// The pages under <c>/admin</c>. From the services they take the admin API's pipeline, the clock and the store of the key ring
/// (<see cref="IXmlRepository"/>), and nothing else: what they show and change goes through the API.
/// </summary>
public static class DashboardEndpoints
{
    /// <param name="trustedProxies">Reverse proxies whose word on who asks is believed.</param>
    public static IServiceCollection AddDashboard(this IServiceCollection services, IReadOnlyList<IPNetwork> trustedProxies)
    {
        services.AddRazorComponents();
        services.AddAntiforgery(forms =>
        {
            forms.Cookie = new FormCookie();
            // The pages say it more strictly.
            forms.SuppressXFrameOptionsHeader = true;
        });
        services.AddDataProtection().SetApplicationName("BudgetProxy");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(keys => keys.XmlRepository = provider.GetRequiredService<IXmlRepository>()));
        services.AddSingleton<AdminPipe>();
        services.AddSingleton<AssetFiles>();
        services.AddSingleton<SessionCookies>();
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton(provider => new ClientAddress(trustedProxies, provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<Door>();
        services.AddSingleton<LoginPages>();
        services.AddSingleton<ExportPages>();
        services.AddSingleton<StripePages>();
        return services;
    }

    /// <summary>
    /// Lets the pages call the app itself, from its routing on. Stands before the routing and adds nothing to a call's way: what it returns is what came
    /// next anyhow.
    /// </summary>
    public static void UseAdminPipe(this IApplicationBuilder app) => app.Use(next =>
    {
        app.ApplicationServices.GetRequiredService<AdminPipe>().Attach(next);
        return next;
    });

    public static IEndpointRouteBuilder MapDashboard(this IEndpointRouteBuilder routes)
    {
        var door = routes.ServiceProvider.GetRequiredService<Door>();
        var assets = routes.ServiceProvider.GetRequiredService<AssetFiles>();
        routes.MapGet("/admin/assets/{file}", (HttpContext http, string file) => assets.ServeAsync(http, file));
        routes.ServiceProvider.GetRequiredService<LoginPages>().Map(routes);
        OverviewPages.Map(routes, door);
        TenantPages.Map(routes, door);
        BudgetPages.Map(routes, door);
        StatementPages.Map(routes, door);
        KeyPages.Map(routes, door);
        PlanPages.Map(routes, door);
        RatePages.Map(routes, door);
        routes.ServiceProvider.GetRequiredService<ExportPages>().Map(routes);
        routes.ServiceProvider.GetRequiredService<StripePages>().Map(routes);
        InvoicePages.Map(routes, door);
        AlertPages.Map(routes, door);
        AuditPages.Map(routes, door);
        AdminKeyPages.Map(routes, door);
        HealthPages.Map(routes, door);
        routes.MapGet("/admin/{**path}", door.Page(visit => Task.FromResult(
            TenantPages.Gone(visit, new Problem(null, null, null) { Status = StatusCodes.Status404NotFound }))));
        return routes;
    }
}
