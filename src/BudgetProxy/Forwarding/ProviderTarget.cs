using System.Net;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Forwarding;

/// <summary>One provider as the forwarder reaches it: its base URL, its credential, its connections.</summary>
public sealed class ProviderTarget : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

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

    public void Dispose() => Client.Dispose();
}
