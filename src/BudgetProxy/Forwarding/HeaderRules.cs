using System.Collections.Frozen;
using System.Net.Http.Headers;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Forwarding;

/// <summary>
/// Which headers cross the proxy. Requests by allow-list: what we don't know stays here (credentials, cookies, attribution, hop-by-hop
/// headers and whatever <c>Connection</c> names; an <c>Idempotency-Key</c> too, since all tenants share one account and could meet in it). Answers by deny-list: everything but what shows the shared provider account to a tenant.
/// </summary>
public static class HeaderRules
{
    private static readonly FrozenSet<string> Requested = new[]
    {
        "Accept", "Accept-Language", "User-Agent", "OpenAI-Beta", "X-Client-Request-Id", "X-Title", "HTTP-Referer",
        "anthropic-version", "anthropic-beta", "anthropic-dangerous-direct-browser-access",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Hidden = new[]
    {
        // Hop-by-hop (RFC 9110, 7.6.1) and what Kestrel writes itself.
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "Alt-Svc", "Server", "Date", "Via", "Strict-Transport-Security",
        // Cookies and ids of the operator's own account.
        "Set-Cookie", "Set-Cookie2", "OpenAI-Organization", "OpenAI-Project", "anthropic-organization-id", "anthropic-workspace-id",
        "CF-Ray", "CF-Cache-Status", "Report-To", "NEL",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a client's header goes to the provider; <c>Content-Type</c> and the length are set apart.</summary>
    public static bool Forwards(Provider provider, string name) =>
        (Requested.Contains(name) && !BelongsToAnother(provider, name)) || name.StartsWith("x-stainless-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a provider's header reaches the client.</summary>
    public static bool Returns(string name) =>
        !Hidden.Contains(name)
        // Limits and their rest belong to the account that all tenants share.
        && !name.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith("anthropic-ratelimit-", StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith("anthropic-priority-", StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith("anthropic-fast-", StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith("X-BudgetProxy-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Copies what goes to the provider from a client's headers, and adds its credential.</summary>
    public static void CopyTo(ProviderTarget target, IHeaderDictionary source, HttpRequestHeaders destination)
    {
        foreach (var (name, values) in source)
        {
            if (!Forwards(target.Provider, name))
                continue;
            if (values.Count == 1)
                destination.TryAddWithoutValidation(name, values[0]);
            else
                destination.TryAddWithoutValidation(name, values.ToArray());
        }

        if (target.CredentialHeader is { } credentialHeader)
            destination.TryAddWithoutValidation(credentialHeader, target.Credential);
        // Usage must be readable in the answer.
        destination.TryAddWithoutValidation("Accept-Encoding", "identity");
    }

    /// <summary>Copies what reaches the client from a provider's answer.</summary>
    public static void CopyFrom(HttpResponseMessage answer, IHeaderDictionary destination)
    {
        CopyFrom(answer.Headers.NonValidated, destination);
        CopyFrom(answer.Content.Headers.NonValidated, destination);
    }

    private static void CopyFrom(HttpHeadersNonValidated source, IHeaderDictionary destination)
    {
        foreach (var (name, values) in source)
        {
            if (!Returns(name))
                continue;
            if (values.Count == 1)
                destination[name] = values.ToString();
            else
                destination[name] = values.ToArray();
        }
    }

    /// <summary>A header of one provider's own protocol means nothing, or something else, to another.</summary>
    private static bool BelongsToAnother(Provider provider, string name) =>
        (provider != Provider.Anthropic && name.StartsWith("anthropic-", StringComparison.OrdinalIgnoreCase))
        || (provider != Provider.OpenAi && name.StartsWith("OpenAI-", StringComparison.OrdinalIgnoreCase));
}
