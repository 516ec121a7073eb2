using BudgetProxy.Reservations;
using BudgetProxy.Tenants;
using Microsoft.Net.Http.Headers;

namespace BudgetProxy.Admin;

/// <summary>
/// Stands before every admin call: reading takes any admin key, all else the role that the endpoint names, which is admin unless it says otherwise.
/// A key is looked up by its SHA-256 whether or not it has the form of one, so known and unknown take the same work.
/// </summary>
internal sealed class AdminGate(TenantDirectory directory) : IEndpointFilter
{
    private const string Scheme = "Bearer ";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        if (Identify(http.Request) is not { } key)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Problems.Unauthorized();
        }

        http.Features.Set(key);
        var needed = Needed(http);
        if (key.Role < needed)
            return Problems.Forbidden(Names.Of(key.Role), Names.Of(needed));
        if (!IsRead(http) && Preconditions.Problem(http.Request) is { } unusable)
            return unusable;
        try
        {
            return await next(context);
        }
        catch (StoreUnavailableException) when (!http.Response.HasStarted)
        {
            http.Response.Headers[HeaderNames.RetryAfter] = "1";
            return Problems.StoreUnavailable();
        }
    }

    private static AdminRole Needed(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<NeedsRole>()?.Role
        ?? (IsRead(http) ? AdminRole.Viewer : AdminRole.Admin);

    private static bool IsRead(HttpContext http) => HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);

    private AdminKey? Identify(HttpRequest request)
    {
        var headers = request.Headers.Authorization;
        if (headers.Count != 1 || headers[0] is not { } header || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        return directory.Current.TryFindAdmin(KeyHash.Of(header.AsSpan(Scheme.Length).Trim(' ')), out var key) ? key : null;
    }
}
