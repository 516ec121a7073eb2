namespace BudgetProxy.Checks;

/// <summary>The data plane's routes for code that calls its provider itself.</summary>
public static class CheckEndpoints
{
    public static IServiceCollection AddChecks(this IServiceCollection services)
    {
        services.AddSingleton<CheckGate>();
        services.AddSingleton<DirectQuoter>();
        services.AddSingleton<CheckEndpoint>();
        services.AddSingleton<DirectReservations>();
        services.AddSingleton<DirectBooks>();
        services.AddSingleton<DirectEndings>();
        services.AddSingleton<UsageEndpoint>();
        services.AddSingleton<RunsEndpoint>();
        services.AddHostedService<DirectKeeper>();
        return services;
    }

    public static IEndpointRouteBuilder MapChecks(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var gate = services.GetRequiredService<CheckGate>();
        var reservations = services.GetRequiredService<DirectReservations>();
        var endings = services.GetRequiredService<DirectEndings>();
        Map("POST", "/v1/check", services.GetRequiredService<CheckEndpoint>().RunAsync, evenSuspended: true);
        Map("POST", "/v1/reservations", reservations.CreateAsync);
        Map("GET", "/v1/reservations/{id}", endings.GetAsync, evenSuspended: true);
        Map("POST", "/v1/reservations/{id}/settle", endings.SettleAsync, evenSuspended: true);
        Map("POST", "/v1/reservations/{id}/void", endings.VoidAsync, evenSuspended: true);
        Map("POST", "/v1/usage", services.GetRequiredService<UsageEndpoint>().RunAsync, evenSuspended: true);
        var runs = services.GetRequiredService<RunsEndpoint>();
        Map("PUT", "/v1/runs/{run}", runs.PutAsync);
        Map("GET", "/v1/runs/{run}", runs.GetAsync, evenSuspended: true);
        Map("POST", "/v1/runs/{run}/end", runs.EndAsync, evenSuspended: true);
        return endpoints;

        void Map(string method, string path, Func<Gateway.Call, Task<Gateway.GatewayRefusal?>> work, bool evenSuspended = false) =>
            endpoints.MapMethods(path, [method], gate.For(method, path, work, evenSuspended));
    }
}
