using BudgetProxy.Dashboard.Sessions;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace BudgetProxy.Tests.Dashboard;

/// <summary>How long a session lasts.</summary>
public sealed class SessionCookiesTests
{
    private readonly TestClock _clock = new();
    private readonly SessionCookies _sessions;
    private string _cookie = "";

    public SessionCookiesTests() => _sessions = new SessionCookies(new EphemeralDataProtectionProvider(), _clock);

    [Fact]
    public void It_ends_where_it_is_not_used()
    {
        SignIn();
        _clock.Advance(SessionCookies.Lifetime - TimeSpan.FromSeconds(1));
        Assert.True(Use());
        _clock.Advance(SessionCookies.Lifetime - TimeSpan.FromSeconds(1));
        Assert.True(Use());
        _clock.Advance(SessionCookies.Lifetime);
        Assert.False(Use());
    }

    [Fact]
    public void It_ends_after_a_week_however_much_it_is_used()
    {
        SignIn();
        var end = _clock.Now + SessionCookies.MaxLifetime;
        while (_clock.Now < end)
        {
            Assert.True(Use());
            _clock.Advance(TimeSpan.FromHours(6));
        }

        Assert.False(Use());
    }

    private void SignIn()
    {
        var http = new DefaultHttpContext();
        _sessions.Begin(http, "key");
        Keep(http);
    }

    /// <returns>False = the session has ended.</returns>
    private bool Use()
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Cookie = _cookie;
        if (_sessions.Read(http) is not { Key: "key" } session)
            return false;
        _sessions.Renew(http, session);
        Keep(http);
        return true;
    }

    private void Keep(HttpContext http)
    {
        if (http.Response.Headers.SetCookie.ToString() is { Length: > 0 } set)
            _cookie = set.Split(';')[0];
    }
}
