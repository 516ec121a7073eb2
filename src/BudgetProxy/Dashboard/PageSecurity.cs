namespace BudgetProxy.Dashboard;

/// <summary>The headers of every page: nothing from elsewhere is loaded, nothing inline runs, nobody frames it, nothing of it is cached.</summary>
internal static class PageSecurity
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void Apply(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // Not no-referrer: a browser would then send forms with the origin `null`, and signing in looks at it.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
        // Word for word what the framework sets beside an antiforgery token.
        headers.CacheControl = "no-cache, no-store";
        headers.Pragma = "no-cache";
    }
}
