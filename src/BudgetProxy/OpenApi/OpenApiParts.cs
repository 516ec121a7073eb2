namespace BudgetProxy.OpenApi;

/// <summary><c>/openapi/v1.json</c>: what the admin API takes and answers, for people and for programs that make clients.</summary>
public static class OpenApiParts
{
    public static IServiceCollection AddOpenApiDocument(this IServiceCollection services)
    {
        services.AddOpenApi(DocumentText.Name, options =>
        {
            options.ShouldInclude = description => description.RelativePath?.StartsWith("admin/v1/", StringComparison.Ordinal) == true;
            options.AddOperationTransformer<CallTransformer>();
            options.AddSchemaTransformer<MoneyTransformer>();
            options.AddDocumentTransformer<DocumentTransformer>();
        });
        return services.AddSingleton<DocumentText>();
    }

    public static IEndpointRouteBuilder MapOpenApiDocument(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/openapi/v1.json", static async context =>
        {
            var json = await context.RequestServices.GetRequiredService<DocumentText>().GetAsync(context.RequestAborted);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = json.Length;
            await context.Response.Body.WriteAsync(json, context.RequestAborted);
        });
        return routes;
    }
}
