using System.Net;
using BudgetProxy.Dashboard.Sessions;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>Signing in and out, and the switch of colours.</summary>
internal sealed class LoginPages(Door door, AdminPipe pipe, SessionCookies sessions, LoginThrottle throttle, ClientAddress addresses)
{
    /// <summary>Says nothing of what was wrong with the key.</summary>
    private const string Refused = "That key was not accepted.";

    private const string NotKept =
        "The browser did not keep the session's cookie, so signing in had no effect. Cookies must be allowed, and the page open over HTTPS or at 127.0.0.1 or localhost; Safari keeps no secure cookie on plain HTTP even there.";

    private const string NotSecure =
        "This page came over plain HTTP, where the key could be read on its way and browsers keep no secure cookie. Open it over HTTPS, or on the proxy's own machine at 127.0.0.1. The key was not looked at.";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin/login", door.Open(ShowAsync));
        routes.MapPost("/admin/login", door.Open(SignInAsync));
        routes.MapPost("/admin/logout", door.Open(SignOutAsync));
        routes.MapPost("/admin/theme", door.Form(SwitchAsync));
    }

    private Task<IResult> ShowAsync(HttpContext http)
    {
        var to = OwnPath(http.Request.Query["to"]);
        var signedIn = sessions.Read(http) is not null;
        if (!http.Request.Query.ContainsKey("kept"))
            return Task.FromResult(Show(http, to, null, StatusCodes.Status200OK));
        return Task.FromResult(signedIn ? new SeeOther(to) : Show(http, to, NotKept, StatusCodes.Status400BadRequest));
    }

    private async Task<IResult> SignInAsync(HttpContext http)
    {
        if (await door.FieldsAsync(http) is not { } fields)
            return door.Stale(http);
        var to = OwnPath(fields["to"]);
        if (IsInTheClear(http))
            return Show(http, to, NotSecure, StatusCodes.Status400BadRequest);
        var from = addresses.Of(http);
        if (throttle.Take(from) is { } wait)
        {
            var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
            http.Response.Headers.RetryAfter = seconds.ToString();
            return Show(http, to, $"Too many attempts. Try again in {(seconds > 90 ? $"{(seconds + 59) / 60} minutes" : $"{seconds} seconds")}.", StatusCodes.Status429TooManyRequests);
        }

        // A key that can't stand in a header can't be one.
        var key = fields["key"];
        if (key is null || key.Length > 512 || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return Show(http, to, Refused, StatusCodes.Status401Unauthorized);
        var who = await pipe.SendAsync(key, (HttpMethods.Get, "/whoami"), null, default, http.RequestAborted);
        if (who.Status == StatusCodes.Status401Unauthorized)
            return Show(http, to, Refused, StatusCodes.Status401Unauthorized);
        throttle.GiveBack(from);
        if (!who.IsSuccess)
            return Show(http, to, who.Problem().Title, who.Status);
        sessions.Begin(http, key);
        return new SeeOther("/admin/login?kept=1&to=" + Uri.EscapeDataString(to));
    }

    private async Task<IResult> SignOutAsync(HttpContext http)
    {
        if (sessions.Read(http) is { } session)
            http.User = SessionUser.Of(session);
        if (await door.FieldsAsync(http) is null)
            return door.Stale(http);
        SessionCookies.End(http);
        http.Response.Headers["Clear-Site-Data"] = "\"cache\"";
        return new SeeOther("/admin/login");
    }

    /// <summary>What the script does by itself, for who has none.</summary>
    private static Task<IResult> SwitchAsync(Visit visit, FormFields fields)
    {
        if (fields["theme"] is "light" or "dark")
        {
            visit.Http.Response.Cookies.Append(
                Door.ThemeCookie, fields["theme"]!,
                new CookieOptions { Path = "/admin", SameSite = SameSiteMode.Strict, MaxAge = TimeSpan.FromDays(365), IsEssential = true });
        }

        return Task.FromResult<IResult>(new SeeOther(OwnPath(fields["to"])));
    }

    private IResult Show(HttpContext http, string to, string? error, int status) => Visit.Show<LoginPage>(door.Frame(http), new LoginModel(to, error), status);

    /// <summary>Where the reader is sent back to: a page of the dashboard, never another site.</summary>
    private static string OwnPath(string? to) =>
        to is not null && (to == "/admin" || to.StartsWith("/admin/", StringComparison.Ordinal) || to.StartsWith("/admin?", StringComparison.Ordinal))
        && !to.StartsWith("/admin/log", StringComparison.Ordinal) && !to.AsSpan().ContainsAnyExceptInRange('!', '~') && !to.Contains('\\', StringComparison.Ordinal)
            ? to
            : "/admin";

    /// <summary>
    /// The browser's own word on how it got the page, since TLS may end before the proxy: a form's origin. On the machine itself nobody listens in.
    /// </summary>
    private static bool IsInTheClear(HttpContext http) =>
        Uri.TryCreate(http.Request.Headers.Origin, UriKind.Absolute, out var origin)
        && origin.Scheme == Uri.UriSchemeHttp
        && !(origin.IsLoopback || (IPAddress.TryParse(origin.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
