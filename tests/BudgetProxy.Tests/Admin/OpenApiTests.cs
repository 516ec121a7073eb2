using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace BudgetProxy.Tests.Admin;

/// <summary>The document that programs make clients of.</summary>
public sealed partial class OpenApiTests
{
    private static readonly HashSet<string> WithoutBody =
    [
        "POST /admin/v1/alerts/deliveries/{id}/retry", "POST /admin/v1/alerts/webhooks/{name}/test", "POST /admin/v1/alerts/webhooks/{name}/secret",
        "POST /v1/reservations/{id}/void", "POST /v1/runs/{run}/end",
        "POST /admin/v1/exports/stripe", "POST /admin/v1/exports/stripe/buckets/{id}/retry", "POST /admin/v1/exports/stripe/buckets/{id}/resend",
    ];

    [Fact]
    public async Task Every_route_of_ours_is_in_it_with_words_a_body_and_answers_and_it_reads_without_an_error()
    {
        await using var proxy = await TestProxy.StartAsync();
        var (text, document) = await ReadAsync(proxy);
        var routes = RoutesOf(proxy.Endpoints).ToList();
        var described = document.Paths.SelectMany(path => path.Value.Operations!.Select(operation => ($"{operation.Key} {path.Key}", operation.Value))).ToList();
        Assert.Equal(
            routes.Order(StringComparer.Ordinal),
            described.Select(operation => operation.Item1).Order(StringComparer.Ordinal));
        Assert.Equal(described.Count, described.Select(operation => operation.Value.OperationId).Distinct().Count());
        foreach (var (name, operation) in described)
        {
            Assert.True(operation.OperationId is { Length: > 0 } && operation.Summary is { Length: > 0 }, name);
            Assert.All(operation.Parameters ?? [], parameter => Assert.True(parameter.Description is { Length: > 0 } && parameter.Schema is not null, $"{name} {parameter.Name}"));
            var takesBody = name[0] == 'P' && !WithoutBody.Contains(name);
            Assert.True(takesBody == operation.RequestBody is not null, $"{name}: body");
            Assert.All(operation.RequestBody?.Content?.Values ?? [], content => Assert.True(content.Schema is { Description.Length: > 0 }, $"{name}: body"));
            var success = operation.Responses!.Single(response => response.Key[0] == '2');
            Assert.True(success.Key is "202" or "204" || success.Value.Content!.Values.All(content => content.Schema is not null), $"{name}: answer");
            if (name.Contains("/admin/v1", StringComparison.Ordinal))
                Assert.All(["401", "403", "503"], status => Assert.True(operation.Responses!.ContainsKey(status), $"{name}: {status}"));
        }

        Assert.DoesNotMatch(LocalAddress(), text);
    }

    [Fact]
    public async Task Money_is_a_decimal_string_and_bodies_name_what_they_take()
    {
        await using var proxy = await TestProxy.StartAsync();
        var (_, document) = await ReadAsync(proxy);
        var schemas = document.Components!.Schemas!;
        Assert.NotNull(schemas["TenantDefinition"].Properties!["maxCallUsd"].Pattern);
        Assert.NotNull(schemas["TenantDocument"].Properties!["maxCallUsd"].Pattern);
        Assert.NotNull(schemas["LedgerDocument"].Properties!["costUsd"].Pattern);
        Assert.Equal(JsonSchemaType.Number, schemas["TenantDocument"].Properties!["markupPercent"].Type);
        Assert.NotNull(schemas["BudgetDocument"].Properties!["limit"].AdditionalProperties?.Pattern);
        Assert.Equal(["limit", "window"], schemas["BudgetDefinition"].Required!.Order());
        Assert.Empty(schemas["BudgetPatch"].Required ?? new HashSet<string>());
        Assert.Contains(document.Security!.Single().Keys, scheme => scheme.Reference.Id == "adminKey");
    }

    /// <summary>What the document says that a body takes, the reader takes: a field that it does not know would be named.</summary>
    [Theory]
    [InlineData("TenantDefinition", "PUT", "/tenants/new")]
    [InlineData("KeyDefinition", "POST", "/tenants/acme/keys")]
    [InlineData("KeyRotation", "POST", "/tenants/acme/keys/none/rotate")]
    [InlineData("BudgetDefinition", "PUT", "/tenants/acme/budgets/b")]
    [InlineData("PlanDefinition", "PUT", "/plans/new")]
    [InlineData("TopUp", "POST", "/tenants/acme/budgets/b/topup")]
    [InlineData("Reset", "POST", "/tenants/acme/budgets/b/reset")]
    [InlineData("AdminKeyDefinition", "POST", "/admin-keys")]
    [InlineData("RateDefinition", "PUT", "/rates/openai/gpt-4o-mini")]
    [InlineData("Rerating", "POST", "/rates/rerate")]
    [InlineData("Workload", "POST", "/estimate")]
    [InlineData("StripeSetup", "POST", "/exports/stripe/setup")]
    [InlineData("WebhookDefinition", "PUT", "/alerts/webhooks/new")]
    public async Task The_fields_of_a_body_are_those_that_its_reader_knows(string schema, string method, string path)
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.SendAsync(HttpMethod.Put, "tenants/acme", "{}");
        var (_, document) = await ReadAsync(proxy);
        // The message about an unknown field names those that are known.
        using var request = new HttpRequestMessage(new HttpMethod(method), "/admin/v1" + path) { Content = TestProxy.Json("""{"no-such-field":1}""") };
        using var response = await proxy.Admin.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var message = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("errors").GetProperty("no-such-field")[0].GetString()!;
        var known = message[(message.IndexOf("are: ", StringComparison.Ordinal) + 5)..].TrimEnd('.').Split(", ");
        var described = document.Components!.Schemas![schema].Properties!.Keys.ToList();
        if (schema == "RateDefinition")
            // What the path says may stand in the body too; and some fields are asked for only where they are given.
            Assert.Empty(known.Except(described).Except(["provider", "model", "tenant"]));
        else
            Assert.Equal(described.Except(schema == "PlanDefinition" ? ["tenants"] : []).Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
    }

    private static async Task<(string Text, OpenApiDocument Document)> ReadAsync(TestProxy proxy)
    {
        using var client = new HttpClient();
        var text = await client.GetStringAsync(new Uri(proxy.BaseAddress, "/openapi/v1.json"));
        var read = OpenApiDocument.Parse(text, "json");
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        return (text, read.Document!);
    }

    private static IEnumerable<string> RoutesOf(EndpointDataSource endpoints) =>
        from endpoint in endpoints.Endpoints.OfType<RouteEndpoint>()
        let pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("**", "", StringComparison.Ordinal)
        where pattern.StartsWith("/admin/v1/", StringComparison.Ordinal) || pattern.StartsWith("/v1/", StringComparison.Ordinal)
        // Those of batches are more of the same: their bodies are the provider's.
        where pattern == "/v1/estimate/{provider}/{route}" || !pattern.StartsWith("/v1/estimate/", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        select $"{method} {pattern}";

    [GeneratedRegex("127\\.0\\.0\\.1|localhost")]
    private static partial Regex LocalAddress();
}
