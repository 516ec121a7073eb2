using System.Security.Claims;

namespace BudgetProxy.Dashboard.Sessions;

/// <summary>The session as the framework's user, to whom antiforgery tokens are bound: one of another session is worth nothing.</summary>
internal static class SessionUser
{
    public static ClaimsPrincipal Of(Session session) => new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, session.Id)], "session"));
}
