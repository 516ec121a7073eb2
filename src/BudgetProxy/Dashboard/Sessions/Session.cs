namespace BudgetProxy.Dashboard.Sessions;

/// <summary>Someone who signed in. All of it is in the cookie; no server keeps it.</summary>
/// <param name="Id">Random; the forms' antiforgery tokens hold for this session alone.</param>
/// <param name="Key">The admin key itself: every call to the admin API presents it, so a key that is deleted ends its sessions at once.</param>
/// <param name="BeganAt">When they signed in.</param>
/// <param name="ExpiresAt">When it ends, unless it is used before.</param>
internal sealed record Session(string Id, string Key, DateTimeOffset BeganAt, DateTimeOffset ExpiresAt);
