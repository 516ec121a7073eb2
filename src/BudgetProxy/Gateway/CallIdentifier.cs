using BudgetProxy.Tenants;
using Microsoft.Extensions.Primitives;

namespace BudgetProxy.Gateway;

/// <summary>Finds whose call it is, from the key alone: nothing else that a client says names a tenant.</summary>
public sealed class CallIdentifier(TenantDirectory directory, TimeProvider clock)
{
    /// <summary>No key of ours is longer; what is gets the same answer as an unknown one, without being hashed.</summary>
    private const int MaxKeyLength = 256;

    private const string Bearer = "Bearer ";

    /// <summary>Fills in key and tenant; null = identified.</summary>
    public GatewayRefusal? Identify(Call call)
    {
        var presented = PresentedKey(call.Context.Request.Headers);
        if (presented.IsEmpty)
            return Refusals.NoKey;
        if (presented.Length > MaxKeyLength)
            return Refusals.UnknownKey;

        var snapshot = directory.Current;
        if (!snapshot.TryFind(KeyHash.Of(presented), out var key, out var tenant) || key.Revoked || key.ExpiresAt <= clock.GetUtcNow())
            return Refusals.UnknownKey;

        call.Key = key;
        call.Tenant = tenant;
        call.Directory = snapshot;
        return tenant.Suspended ? Refusals.Suspended : null;
    }

    /// <summary>
    /// Identifies again when the directory has changed since: an upload can take minutes, and a key revoked or a limit lowered meanwhile holds
    /// for it. Null = still identified.
    /// </summary>
    public GatewayRefusal? Reidentify(Call call) => ReferenceEquals(call.Directory, directory.Current) ? null : Identify(call);

    /// <summary>The key from wherever an SDK puts it. A header given twice names no key: the second could be meant for somebody else's eyes.</summary>
    private static ReadOnlySpan<char> PresentedKey(IHeaderDictionary headers)
    {
        var authorization = Single(headers.Authorization);
        if (authorization is not null && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization.AsSpan(Bearer.Length).Trim();
        return Single(headers["x-api-key"]) ?? Single(headers["api-key"]) ?? Single(headers["x-goog-api-key"]);
    }

    private static string? Single(StringValues values) => values.Count == 1 ? values[0] : null;
}
