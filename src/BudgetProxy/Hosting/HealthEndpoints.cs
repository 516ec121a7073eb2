using BudgetProxy.Reservations;

namespace BudgetProxy.Hosting;

/// <summary><c>/healthz</c>: the process lives. <c>/readyz</c>: its stores answer, and it is not shutting down.</summary>
public static class HealthEndpoints
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder endpoints)
    {
        var store = endpoints.ServiceProvider.GetRequiredService<IReservationStore>();
        var lifetime = endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        endpoints.MapGet("/healthz", static context => context.Response.WriteAsync("ok\n"));
        endpoints.MapGet("/readyz", context => ReadyAsync(context, store, lifetime));
        return endpoints;
    }

    private static async Task ReadyAsync(HttpContext context, IReservationStore store, IHostApplicationLifetime lifetime)
    {
        var reason = lifetime.ApplicationStopping.IsCancellationRequested ? "shutting down" : await AskStoreAsync(context, store);
        context.Response.StatusCode = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync(reason is null ? "ready\n" : $"not ready: {reason}\n");
    }

    private static async Task<string?> AskStoreAsync(HttpContext context, IReservationStore store)
    {
        try
        {
            // On another thread: a store may answer on the caller's, and a lock or a slow disk would hold that up beyond the deadline.
            await Task.Run(() => store.PingAsync(context.RequestAborted).AsTask()).WaitAsync(Deadline, context.RequestAborted);
            return null;
        }
        catch (Exception exception) when (exception is StoreUnavailableException or TimeoutException)
        {
            return "the budget store does not answer";
        }
    }
}
