using BudgetProxy.Core.Requests;
using BudgetProxy.Gateway;

namespace BudgetProxy.Batches;

/// <summary>The routes of batches and of the files that they come from and end in, beside those of single calls.</summary>
public static class BatchEndpoints
{
    public static IServiceCollection AddBatches(this IServiceCollection services)
    {
        services.AddSingleton<LineRulesFactory>();
        services.AddSingleton<BatchProvider>();
        services.AddSingleton<BatchAdmission>();
        services.AddSingleton<BatchFlow>();
        services.AddSingleton<OpenBodies>();
        services.AddSingleton<BatchGate>();
        services.AddSingleton<OwnBatches>();
        services.AddSingleton<OpenAiFiles>();
        services.AddSingleton<OpenAiBatches>();
        services.AddSingleton<AnthropicBatches>();
        services.AddSingleton<BatchEstimate>();
        services.AddSingleton<BatchSearch>();
        services.AddSingleton<BatchResults>();
        services.AddSingleton<BatchSettler>();
        services.AddSingleton<BatchParts>();
        services.AddSingleton<BatchLook>();
        services.AddHostedService<BatchKeeper>();
        return services;
    }

    public static IEndpointRouteBuilder MapBatches(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var own = services.GetRequiredService<OwnBatches>();
        var files = services.GetRequiredService<OpenAiFiles>();
        var openAi = services.GetRequiredService<OpenAiBatches>();
        var anthropic = services.GetRequiredService<AnthropicBatches>();

        Map(endpoints, Provider.OpenAi, "POST", "/v1/files", files.UploadAsync, hasLongBody: true);
        Map(endpoints, Provider.OpenAi, "GET", "/v1/files", files.ListAsync);
        Map(endpoints, Provider.OpenAi, "GET", "/v1/files/{id}", call => files.GetAsync(call, ""));
        Map(endpoints, Provider.OpenAi, "GET", "/v1/files/{id}/content", call => files.GetAsync(call, "/content"));
        Map(endpoints, Provider.OpenAi, "DELETE", "/v1/files/{id}", files.DeleteAsync);
        Map(endpoints, Provider.OpenAi, "POST", "/v1/batches", openAi.CreateAsync);
        Map(endpoints, Provider.OpenAi, "GET", "/v1/batches", call => ListAsync(own, call, "after", null, 100));
        Map(endpoints, Provider.OpenAi, "GET", "/v1/batches/{id}", call => own.AskAsync(call, HttpMethod.Get, ""));
        Map(endpoints, Provider.OpenAi, "POST", "/v1/batches/{id}/cancel", call => own.AskAsync(call, HttpMethod.Post, "/cancel"));

        Map(endpoints, Provider.Anthropic, "POST", "/v1/messages/batches", anthropic.CreateAsync, hasLongBody: true);
        Map(endpoints, Provider.Anthropic, "GET", "/v1/messages/batches", call => ListAsync(own, call, "after_id", "before_id", 1_000));
        Map(endpoints, Provider.Anthropic, "GET", "/v1/messages/batches/{id}", call => own.AskAsync(call, HttpMethod.Get, ""));
        Map(endpoints, Provider.Anthropic, "GET", "/v1/messages/batches/{id}/results", anthropic.ResultsAsync);
        Map(endpoints, Provider.Anthropic, "POST", "/v1/messages/batches/{id}/cancel", call => own.AskAsync(call, HttpMethod.Post, "/cancel"));
        Map(endpoints, Provider.Anthropic, "DELETE", "/v1/messages/batches/{id}", anthropic.DeleteAsync);

        var gate = services.GetRequiredService<BatchGate>();
        var estimate = services.GetRequiredService<BatchEstimate>();
        foreach (var (provider, path) in new[] { (Provider.OpenAi, "/v1/estimate/openai/batches"), (Provider.Anthropic, "/v1/estimate/anthropic/messages/batches") })
            endpoints.MapPost(path, gate.ForBody(new ProviderRoute(provider, "POST", path, "", null), estimate.RunAsync));
        return endpoints;
    }

    private static void Map(
        IEndpointRouteBuilder endpoints, Provider provider, string method, string path, Func<Call, Task<GatewayRefusal?>> work, bool hasLongBody = false)
    {
        var gate = endpoints.ServiceProvider.GetRequiredService<BatchGate>();
        var route = new ProviderRoute(provider, method, $"/{provider.Name()}{path}", path, null);
        endpoints.MapMethods(route.Path, [method], hasLongBody ? gate.ForBody(route, work) : gate.For(route, work));
    }

    private static async Task<GatewayRefusal?> ListAsync(OwnBatches own, Call call, string after, string? before, int most)
    {
        var request = call.Context.Request;
        await own.ListAsync(call, ListQuery.Text(request, after), before is null ? null : ListQuery.Text(request, before), ListQuery.Limit(request, most));
        return null;
    }
}
