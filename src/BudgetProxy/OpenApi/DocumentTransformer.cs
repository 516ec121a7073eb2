using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BudgetProxy.OpenApi;

/// <summary>What holds for the document as a whole, and the calls of the data plane that have a shape of their own.</summary>
internal sealed class DocumentTransformer : IOpenApiDocumentTransformer
{
    private const string AdminKey = "adminKey";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "BudgetProxy",
            Version = "v1",
            Description = "The admin API, and those calls of tenants that have no provider's shape. Money is a decimal string in USD, in answers and in requests. Errors are problem details (RFC 9457). "
                + "Lists are {items, next}: pass next as after for the page that follows.",
        };
        // Whatever address a caller uses is right; the one that the server listens on is often not theirs.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        foreach (var (name, schema) in BodySchemas.Make())
            document.Components.Schemas[name] = schema;
        document.Components.Schemas["Problem"] = Problem();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [AdminKey] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "bpa_…", Description = "An admin key." },
            [DataPlanePaths.VirtualKey] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "bp_…", Description = "A tenant's virtual key." },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(AdminKey, document)] = [] }];
        new DataPlanePaths(document).Add();
        return Task.CompletedTask;
    }

    private static OpenApiSchema Problem() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Problem details (RFC 9457).",
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["type"] = Schemas.Text("A URI of the kind of problem."),
            ["title"] = Schemas.Text("The problem in a sentence."),
            ["status"] = Schemas.Whole("The HTTP status.", 400, 599),
            ["detail"] = Schemas.Text("What would be right."),
            ["errors"] = Schemas.Map("By field or parameter, where those are at fault.", Schemas.List("What is wrong with it.", Schemas.Text(null))),
        },
    };
}
