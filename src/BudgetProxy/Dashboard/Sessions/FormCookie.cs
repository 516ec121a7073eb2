namespace BudgetProxy.Dashboard.Sessions;

/// <summary>
/// The antiforgery cookie, always Secure. The framework's own setting for that also refuses to work where TLS ends before the proxy, or on loopback,
/// though browsers take the cookie there.
/// </summary>
internal sealed class FormCookie : CookieBuilder
{
    public FormCookie()
    {
        Name = "__Host-budgetproxy-form";
        HttpOnly = true;
        SameSite = SameSiteMode.Strict;
        SecurePolicy = CookieSecurePolicy.None;
        IsEssential = true;
    }

    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var options = base.Build(context, expiresFrom);
        options.Secure = true;
        options.Path = "/";
        return options;
    }
}
