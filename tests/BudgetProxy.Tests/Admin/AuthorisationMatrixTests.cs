using System.Net;
using System.Text;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace BudgetProxy.Tests.Admin;

/// <summary>
/// Every endpoint under <c>/admin/v1</c> that the running proxy has, taken from its own routes, with every kind of key. One that is new must be given a role
/// here: what is in none of the lists fails.
/// </summary>
public sealed class AuthorisationMatrixTests
{
    /// <summary>Any admin key.</summary>
    private static readonly HashSet<string> Viewer =
    [
        "GET /whoami", "GET /tenants", "GET /tenants/{tenant}", "GET /tenants/{tenant}/keys", "GET /tenants/{tenant}/keys/{id}", "GET /keys",
        "GET /tenants/{tenant}/budgets", "GET /tenants/{tenant}/budgets/{name}", "GET /tenants/{tenant}/balance", "GET /invoices", "GET /invoices/{id}", "GET /invoices/comparison", "GET /plans", "GET /plans/{plan}", "GET /usage", "GET /ledger", "GET /rates",
        "POST /estimate", "GET /admin-keys", "GET /audit", "GET /overview", "GET /tenants/{tenant}/overview", "GET /calls", "GET /live", "GET /health",
        "GET /tenants/{tenant}/statements", "GET /tenants/{tenant}/statements/{month}",
        "POST /directory", "GET /directory/schema", "GET /alerts", "GET /alerts/deliveries", "GET /alerts/webhooks", "GET /alerts/webhooks/{name}", "GET /{**path}",
        "GET /exports/stripe", "GET /exports/stripe/buckets", "GET /exports/stripe/reconciliation", "GET /exports/stripe/rejects",
    ];

    /// <summary>The role finance and above. Re-rating is shown to it; booking it takes an admin.</summary>
    private static readonly HashSet<string> Finance =
    [
        "POST /rates/rerate", "POST /exports/stripe", "POST /exports/stripe/buckets/{id}/retry", "POST /exports/stripe/buckets/{id}/resend",
        "POST /invoices/{id}", "DELETE /invoices/{id}",
    ];

    /// <summary>The role admin alone.</summary>
    private static readonly HashSet<string> Admin =
    [
        "GET /directory", "PUT /tenants/{tenant}", "PATCH /tenants/{tenant}", "DELETE /tenants/{tenant}", "POST /tenants/{tenant}/keys", "PATCH /tenants/{tenant}/keys/{id}",
        "POST /tenants/{tenant}/keys/{id}/rotate", "DELETE /tenants/{tenant}/keys/{id}", "PUT /tenants/{tenant}/budgets/{name}",
        "PATCH /tenants/{tenant}/budgets/{name}", "DELETE /tenants/{tenant}/budgets/{name}", "POST /tenants/{tenant}/budgets/{name}/topup",
        "POST /tenants/{tenant}/budgets/{name}/reset", "PUT /plans/{plan}", "DELETE /plans/{plan}", "PUT /rates/{provider}/{**model}",
        "PUT /tenants/{tenant}/rates/{provider}/{**model}", "POST /rates/import", "POST /admin-keys", "DELETE /admin-keys/{id}",
        "POST /alerts/deliveries/{id}/retry", "PUT /alerts/webhooks/{name}", "DELETE /alerts/webhooks/{name}", "POST /alerts/webhooks/{name}/test",
        "POST /alerts/webhooks/{name}/secret", "POST /exports/stripe/setup", "POST /{**path}", "POST /exports/stripe/tenants/{tenant}/write-off",
    ];

    [Fact]
    public async Task Every_endpoint_lets_in_whom_it_should_and_nobody_else()
    {
        await using var proxy = await TestProxy.StartAsync();
        var calls = CallsOf(proxy.Endpoints).ToList();
        Assert.Equal(Viewer.Concat(Finance).Concat(Admin).Order(StringComparer.Ordinal), calls.Select(call => call.Name).Order(StringComparer.Ordinal));

        var virtualKey = await proxy.CreateTenantAsync("acme");
        string?[] strangers = [null, "", "wrong-admin-key-000", virtualKey, TestProxy.AdminKey[..^1], TestProxy.AdminKey + "x"];
        foreach (var (name, path) in calls)
        {
            foreach (var key in strangers)
                Assert.Equal((name, HttpStatusCode.Unauthorized), (name, await StatusAsync(proxy, name, path, key)));
        }

        var keys = new List<(int Rank, string Key)> { (2, TestProxy.AdminKey) };
        foreach (var (rank, role) in new[] { (0, "viewer"), (1, "finance"), (2, "admin") })
        {
            var made = await proxy.SendAsync(HttpMethod.Post, "admin-keys", $$"""{"name":"k","role":"{{role}}"}""");
            keys.Add((rank, made.GetProperty("key").GetString()!));
        }

        // The deleting ones last, so that what they are asked about is there for the others.
        foreach (var (name, path) in calls.OrderBy(call => call.Name.StartsWith("DELETE", StringComparison.Ordinal)))
        {
            foreach (var (rank, key) in keys)
            {
                var needed = Viewer.Contains(name) ? 0 : Finance.Contains(name) ? 1 : 2;
                var status = await StatusAsync(proxy, name, path, key);
                Assert.True(
                    rank >= needed ? status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) : status == HttpStatusCode.Forbidden,
                    $"{name} with rank {rank}: {status}");
                Assert.True((int)status < 500, $"{name} with rank {rank}: {status}");
            }
        }
    }

    /// <summary>Reads alone change nothing, and what is no read needs more than being there.</summary>
    [Fact]
    public async Task A_head_is_a_read_and_an_unknown_method_is_not()
    {
        await using var proxy = await TestProxy.StartAsync();
        var viewer = (await proxy.SendAsync(HttpMethod.Post, "admin-keys", """{"name":"k","role":"viewer"}""")).GetProperty("key").GetString();
        foreach (var method in new[] { "PUT", "PATCH", "DELETE", "PROPFIND", "POST" })
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(proxy, $"{method} /tenants", "/tenants/x/y", viewer));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(proxy, "GET /no", "/no/such/call", viewer));
    }

    private static IEnumerable<(string Name, string Path)> CallsOf(EndpointDataSource endpoints)
    {
        const string Prefix = "/admin/v1";
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            var pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            if (!pattern.StartsWith(Prefix + "/", StringComparison.Ordinal))
                continue;
            // The catch-all takes every method: a read and a write stand for them.
            var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"];
            foreach (var method in methods)
                yield return ($"{method} {pattern[Prefix.Length..]}", PathOf(endpoint.RoutePattern)[Prefix.Length..]);
        }
    }

    private static string PathOf(RoutePattern pattern) => "/" + string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternParameterPart { Name: "tenant" } => "acme",
        RoutePatternParameterPart { Name: "provider" } => "openai",
        RoutePatternParameterPart { Name: "path" } => "no-such-call",
        _ => "some-id",
    }))));

    private static async Task<HttpStatusCode> StatusAsync(TestProxy proxy, string name, string path, string? key)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(name[..name.IndexOf(' ', StringComparison.Ordinal)]), new Uri(proxy.BaseAddress, "/admin/v1" + path));
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        if (request.Method != HttpMethod.Get)
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        if ((int)response.StatusCode >= 400)
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return response.StatusCode;
    }
}
