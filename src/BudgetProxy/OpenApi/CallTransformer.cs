using BudgetProxy.Admin;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BudgetProxy.OpenApi;

/// <summary>Adds to an operation what its code does not show: words, query, body, problems, and who may call it.</summary>
internal sealed class CallTransformer : IOpenApiOperationTransformer
{
    private const string Prefix = "admin/v1";

    private static readonly (int Status, string Text)[] Always =
    [
        (401, "No admin key, or one that is unknown."), (403, "The key's role may not do that."), (503, "The store can't be reached; whether a change was made is not known."),
    ];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var path = context.Description.RelativePath ?? "";
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
            return Task.CompletedTask;
        var method = context.Description.HttpMethod ?? "GET";
        var route = path[Prefix.Length..].Replace("**", "", StringComparison.Ordinal);
        var role = context.Description.ActionDescriptor.EndpointMetadata.OfType<NeedsRole>().LastOrDefault()?.Role ?? (method == "GET" ? AdminRole.Viewer : AdminRole.Admin);
        var text = CallTexts.Find($"{method} {route}");
        operation.OperationId = text?.Id;
        operation.Summary = text?.Summary;
        operation.Description = $"Takes the role {role.ToString().ToLowerInvariant()} or above.";
        operation.Tags = new HashSet<OpenApiTagReference> { new(route.Split('/')[1], context.Document) };
        operation.Responses ??= [];
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            parameter.Description ??= $"The {parameter.Name} that is meant.";
        if (text is not null)
            Describe(operation, text, context.Document!);
        AddProblems(operation, (method, route, text), context.Document!);
        if (method is "PUT" or "PATCH" or "DELETE" || route.EndsWith("/topup", StringComparison.Ordinal) || route.EndsWith("/rotate", StringComparison.Ordinal))
            AddPreconditions(operation, method, context.Document!);
        return Task.CompletedTask;
    }

    private static void Describe(OpenApiOperation operation, CallText text, OpenApiDocument document)
    {
        foreach (var query in text.Query)
            (operation.Parameters ??= []).Add(QueryTexts.Make(query));
        if (text.Body is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = !text.BodyMayBeEmpty,
                Content = text.BodyTypes.ToDictionary(
                    type => type, _ => new OpenApiMediaType { Schema = new OpenApiSchemaReference(body, document) }, StringComparer.Ordinal),
            };
        }

        if (text.Texts.Count == 0)
            return;
        if (!operation.Responses!.TryGetValue("200", out var known) || known is not OpenApiResponse ok)
            operation.Responses["200"] = ok = new OpenApiResponse();
        ok.Description ??= "OK";
        foreach (var type in text.Texts)
            (ok.Content ??= new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal))[type] = new OpenApiMediaType { Schema = Schemas.Text("One line for each.") };
    }

    private static void AddProblems(OpenApiOperation operation, (string Method, string Route, CallText? Text) call, OpenApiDocument document)
    {
        List<(int Status, string Text)> problems = [.. Always];
        if (call.Text is { Body: not null } or { Query.Length: > 0 } || call.Method == "PUT")
            problems.Add((400, "Fields or parameters are not valid; errors names each, with what would be right."));
        if (call.Route.Contains('{', StringComparison.Ordinal))
            problems.Add((404, "What the path names is not there."));
        if (call.Method != "GET" && call.Text?.Id is not "estimateWorkload")
            problems.Add((409, "It can't be done now; the detail says what stands in the way."));
        if (call.Text?.Body is not null)
            problems.AddRange([(413, "The body is too large."), (415, "The body is not what its type must be.")]);
        foreach (var (status, text) in problems.OrderBy(problem => problem.Status))
            operation.Responses!.TryAdd($"{status}", ProblemOf(text, document));
    }

    private static OpenApiResponse ProblemOf(string text, OpenApiDocument document) => new()
    {
        Description = text,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference("Problem", document) },
        },
    };

    private static void AddPreconditions(OpenApiOperation operation, string method, OpenApiDocument document)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(Header("If-Match", "The ETag that was read, where nothing must be overwritten that was changed since: else 412."));
        if (method == "PUT")
            operation.Parameters.Add(Header("If-None-Match", "* = only make it; 412 where it is there already."));
        operation.Responses!.TryAdd("412", ProblemOf("It was changed since it was read, or is there already.", document));
    }

    private static OpenApiParameter Header(string name, string text) => new() { Name = name, In = ParameterLocation.Header, Description = text, Schema = Schemas.Text(null) };
}
