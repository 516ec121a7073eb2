using System.Collections.Concurrent;
using System.Net;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Forwarding;

/// <summary>One provider as the forwarder reaches it: its base URL, its credential, its connections.</summary>
public sealed class ProviderTarget : IDisposable
{
    private const int MostUris = 256;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Uri> _uris = new(StringComparer.Ordinal);

    /// <param name="baseUrl">Without the version.</param>
    /// <param name="apiKey">The provider's real key; null = none is sent.</param>
    public ProviderTarget(Provider provider, Uri baseUrl, string? apiKey)
    {
        Provider = provider;
        Prefix = baseUrl.AbsoluteUri.TrimEnd('/');
        if (apiKey is not null)
            (CredentialHeader, Credential) = provider == Provider.Anthropic ? ("x-api-key", apiKey) : ("Authorization", $"Bearer {apiKey}");
        Client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            // Nothing but the configured URL is ever contacted, and nothing of one call is kept for the next.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        });
    }

    public Provider Provider { get; }

    /// <summary>The base URL without a slash at its end.</summary>
    public string Prefix { get; }

    public string? CredentialHeader { get; }

    public string? Credential { get; }

    public HttpMessageInvoker Client { get; }

    /// <summary>The address of a path below the base URL. Those without a query are the few of the route table, so they are kept.</summary>
    /// <param name="query">With its question mark; null or empty = none.</param>
    public Uri UriOf(string path, string? query)
    {
        if (!string.IsNullOrEmpty(query))
            return new Uri(string.Concat(Prefix, path, query));
        return _uris.Count < MostUris
            ? _uris.GetOrAdd(path, static (path, prefix) => new Uri(prefix + path), Prefix)
            : _uris.TryGetValue(path, out var known) ? known : new Uri(Prefix + path);
    }

    public void Dispose() => Client.Dispose();
}
