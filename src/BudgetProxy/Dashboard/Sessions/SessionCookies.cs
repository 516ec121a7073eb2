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

        if (parts.Length != 3 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var expires))
            return null;
        var session = new Session(parts[0], parts[2], DateTimeOffset.FromUnixTimeMilliseconds(expires));
        return session.ExpiresAt > clock.GetUtcNow() ? session : null;
    }

    /// <summary>Begins a session under a new id.</summary>
    /// <param name="key">An admin key: printable ASCII.</param>
    public Session Begin(HttpContext http, string key)
    {
        var session = new Session(Convert.ToHexString(RandomNumberGenerator.GetBytes(IdBytes)), key, clock.GetUtcNow() + Lifetime);
        Write(http, session);
        return session;
    }

    /// <summary>Puts the end off again, now that the session is used.</summary>
    public void Renew(HttpContext http, Session session)
    {
        if (session.ExpiresAt - clock.GetUtcNow() < Lifetime - RenewAfter)
            Write(http, session with { ExpiresAt = clock.GetUtcNow() + Lifetime });
    }

    public static void End(HttpContext http) => http.Response.Cookies.Delete(Name, Options());

    private void Write(HttpContext http, Session session) => http.Response.Cookies.Append(
        Name, _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{session.Id}\n{session.ExpiresAt.ToUnixTimeMilliseconds()}\n{session.Key}")), Options());

    private static CookieOptions Options() => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true };
}
