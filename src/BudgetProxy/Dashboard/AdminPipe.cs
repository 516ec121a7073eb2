using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;

namespace BudgetProxy.Dashboard;

/// <summary>
/// Carries the dashboard's calls to the admin API through the app's own pipeline, with no socket between. Roles, validation and problems are thus the
/// API's own: the pages can do nothing that the same key could not do from outside.
/// </summary>
internal sealed class AdminPipe(IServiceScopeFactory scopes)
{
    private const string Api = "/admin/v1";

    private RequestDelegate? _pipeline;

    /// <summary>Set once, while the app is put together.</summary>
    public void Attach(RequestDelegate pipeline) => _pipeline = pipeline;

    /// <param name="key">The admin key to present.</param>
    /// <param name="call">The path below <c>/admin/v1</c>, escaped, with its query: <c>/tenants?limit=5</c>.</param>
    /// <param name="body">JSON, or null for none.</param>
    /// <param name="terms">The version that a change is based on, a word under which a repeat of it does nothing (null or empty = none), and whether the thing must be new.</param>
    public async Task<PipeAnswer> SendAsync(
        string key, (string Method, string Path) call, JsonNode? body, (string? IfMatch, string? Once, bool MustBeNew) terms, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = cancellationToken };
        Address(http.Request, key, call);
        if (body is not null)
        {
            var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
            http.Request.Body = new MemoryStream(bytes);
            http.Request.ContentLength = bytes.Length;
            http.Request.ContentType = "application/json";
        }

        if (!string.IsNullOrEmpty(terms.IfMatch))
            http.Request.Headers.IfMatch = terms.IfMatch;
        if (terms.MustBeNew)
            http.Request.Headers.IfNoneMatch = "*";
        if (!string.IsNullOrEmpty(terms.Once))
            http.Request.Headers["Idempotency-Key"] = terms.Once;
        return await AnswerAsync(http);
    }

    /// <summary>Sends a CSV file to the admin API as it comes: it is held nowhere.</summary>
    /// <param name="path">As for <see cref="SendAsync"/>.</param>
    public async Task<PipeAnswer> UploadAsync(string key, string path, Stream file, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = cancellationToken };
        Address(http.Request, key, (HttpMethods.Post, path));
        http.Request.Body = file;
        http.Request.ContentType = "text/csv";
        return await AnswerAsync(http);
    }

    /// <summary>Lets the admin API answer <paramref name="outer"/> itself, row by row, so that a large export is never held in memory.</summary>
    /// <param name="path">As for <see cref="SendAsync"/>.</param>
    public async Task StreamAsync(HttpContext outer, string key, string path)
    {
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature());
        features.Set(outer.Features.GetRequiredFeature<IHttpResponseFeature>());
        features.Set(outer.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        features.Set(outer.Features.Get<IHttpRequestLifetimeFeature>());
        var http = new DefaultHttpContext(features) { RequestServices = outer.RequestServices };
        Address(http.Request, key, (HttpMethods.Get, path));
        await Pipeline(http);
    }

    private async Task<PipeAnswer> AnswerAsync(HttpContext http)
    {
        using var answer = new MemoryStream();
        http.Response.Body = answer;
        await Pipeline(http);
        await http.Response.CompleteAsync();
        var headers = http.Response.Headers;
        return new PipeAnswer(http.Response.StatusCode, answer.ToArray(), headers.ETag.ToString())
        {
            Policy = headers.ContentSecurityPolicy.ToString(),
            WasThere = headers["Idempotent-Replayed"] == "true",
        };
    }

    private RequestDelegate Pipeline => _pipeline ?? throw new InvalidOperationException("The pipe was not attached to the app's pipeline.");

    private static void Address(HttpRequest request, string key, (string Method, string Path) call)
    {
        var question = call.Path.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? call.Path : call.Path[..question];
        request.Method = call.Method;
        request.Scheme = Uri.UriSchemeHttp;
        request.Host = new HostString("localhost");
        request.Path = PathString.FromUriComponent(Api + path);
        request.QueryString = question < 0 ? QueryString.Empty : new QueryString(call.Path[question..]);
        request.Headers.Authorization = $"Bearer {key}";
    }
}
