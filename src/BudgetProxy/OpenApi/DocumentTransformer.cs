using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BudgetProxy.OpenApi;

/// <summary>What holds for the document as a whole, and the one call of the data plane that has a shape of its own.</summary>
internal sealed class DocumentTransformer : IOpenApiDocumentTransformer
{
    private const string AdminKey = "adminKey";
    private const string VirtualKey = "virtualKey";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "BudgetProxy",
            Version = "v1",
            Description = "The admin API, and the estimate of a call. Money is a decimal string in USD, in answers and in requests. Errors are problem details (RFC 9457). "
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
            [VirtualKey] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "bp_…", Description = "A tenant's virtual key." },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(AdminKey, document)] = [] }];
        document.Paths["/v1/estimate/{provider}/{route}"] = Estimate(document);
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

    private static OpenApiPathItem Estimate(OpenApiDocument document)
    {
        var answer = Schemas.Object(
            "What the call would cost and whether it would be let through.",
            ("model!", Schemas.Text("As the call names it.")),
            ("rate!", Schemas.Text("The rate row that prices it.")),
            ("tokens!", new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Tokens in, the bound of them that is reserved, those that a cache may serve, and out at most; and how they were counted: exact, calibrated or bound.",
            }),
            ("costUsd!", Schemas.Object(
                "Expected, and reserved: the worst case.", ("expected!", Schemas.Money("Decimal string.")), ("worst!", Schemas.Money("Decimal string.")))),
            ("decision!", Schemas.OneOf("What a call would meet.", "allow", "refuse")),
            ("budgets!", Schemas.List("Each matching budget.", new OpenApiSchema { Type = JsonSchemaType.Object })));
        document.Components!.Schemas!["CallEstimate"] = answer;
        var operation = new OpenApiOperation
        {
            OperationId = "estimateCall",
            Summary = "What a call would cost and whether it would be let through; forwards and reserves nothing.",
            Description = "Takes the body that the provider's route would take, and a tenant's virtual key where the provider's key stands.",
            Tags = new HashSet<OpenApiTagReference> { new("estimate", document) },
            Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(VirtualKey, document)] = [] }],
            Parameters =
            [
                new OpenApiParameter { Name = "provider", In = ParameterLocation.Path, Required = true, Description = "Such as openai.", Schema = Schemas.Text(null) },
                new OpenApiParameter { Name = "route", In = ParameterLocation.Path, Required = true, Description = "Such as chat/completions.", Schema = Schemas.Text(null) },
                new OpenApiParameter { Name = "service_tier", In = ParameterLocation.Query, Description = "batch = by batch prices.", Schema = Schemas.OneOf(null, "batch") },
            ],
            RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = Json(new OpenApiSchema { Type = JsonSchemaType.Object, Description = "The provider's own request body." }),
            },
            Responses = new OpenApiResponses
            {
                ["200"] = new OpenApiResponse { Description = "OK", Content = Json(new OpenApiSchemaReference("CallEstimate", document)) },
                ["default"] = new OpenApiResponse { Description = "A refusal, in the provider's own error shape.", Content = Json(new OpenApiSchema { Type = JsonSchemaType.Object }) },
            },
        };
        return new OpenApiPathItem { Operations = new Dictionary<HttpMethod, OpenApiOperation> { [HttpMethod.Post] = operation } };
    }

    private static Dictionary<string, OpenApiMediaType> Json(IOpenApiSchema schema) =>
        new(StringComparer.Ordinal) { ["application/json"] = new OpenApiMediaType { Schema = schema } };
}
