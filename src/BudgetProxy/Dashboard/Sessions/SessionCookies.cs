using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace BudgetProxy.Dashboard.Sessions;

/// <summary>
/// Writes and reads the session cookie, encrypted by ASP.NET Data Protection with keys that are in the store. Whoever reads the store could make a
/// cookie, but not one that opens anything: the admin key in it is kept nowhere but as a hash.
/// </summary>
internal sealed class SessionCookies(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>The prefix makes browsers refuse the cookie unless it is Secure, for this host alone and all of its paths.</summary>
    public const string Name = "__Host-budgetproxy";

    /// <summary>How long a session lasts after it was last used.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>How long a session lasts however much it is used. Signing out only deletes the browser's cookie, so a copy of it must end some day.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(7);

    /// <summary>A cookie younger than this is not written again.</summary>
    private static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(10);

    private const int IdBytes = 16;

    private readonly IDataProtector _protector = protection.CreateProtector("BudgetProxy.Dashboard.Session", "v1");

    /// <summary>The session of the request's cookie; null = none, or one that has ended or was not written by us.</summary>
    public Session? Read(HttpContext http)
    {
        if (http.Request.Cookies[Name] is not { Length: > 0 } cookie)
            return null;
        string[] parts;
        try
        {
            parts = _protector.Unprotect(cookie).Split('\n');
        }
        catch (CryptographicException)
        {
            return null;
        }

        if (parts is not [var id, var beginning, var end, var key] || Time(beginning) is not { } beganAt || Time(end) is not { } expiresAt)
            return null;
        var session = new Session(id, key, beganAt, expiresAt);
        return session.ExpiresAt > clock.GetUtcNow() ? session : null;
    }

    /// <summary>Begins a session under a new id.</summary>
    /// <param name="key">An admin key: printable ASCII.</param>
    public Session Begin(HttpContext http, string key)
    {
        var now = clock.GetUtcNow();
        var session = new Session(Convert.ToHexString(RandomNumberGenerator.GetBytes(IdBytes)), key, now, now + Lifetime);
        Write(http, session);
        return session;
    }

    /// <summary>Puts the end off again, now that the session is used, but never beyond <see cref="MaxLifetime"/>.</summary>
    public void Renew(HttpContext http, Session session)
    {
        var (unused, last) = (clock.GetUtcNow() + Lifetime, session.BeganAt + MaxLifetime);
        var end = unused < last ? unused : last;
        if (end - session.ExpiresAt > RenewAfter)
            Write(http, session with { ExpiresAt = end });
    }

    public static void End(HttpContext http) => http.Response.Cookies.Delete(Name, Options());

    private void Write(HttpContext http, Session session)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture, $"{session.Id}\n{session.BeganAt.ToUnixTimeMilliseconds()}\n{session.ExpiresAt.ToUnixTimeMilliseconds()}\n{session.Key}");
        http.Response.Cookies.Append(Name, _protector.Protect(text), Options());
    }

    private static DateTimeOffset? Time(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    private static CookieOptions Options() => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true };
}
