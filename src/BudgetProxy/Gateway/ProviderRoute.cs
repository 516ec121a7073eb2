using BudgetProxy.Core.Requests;

namespace BudgetProxy.Gateway;

/// <summary>One path of the data plane that may be forwarded: metered in a wire format, or declared free.</summary>
/// <param name="Method">The only HTTP method it takes.</param>
/// <param name="Path">The proxy's own path.</param>
/// <param name="UpstreamPath">The path at the provider, below its base URL.</param>
/// <param name="Api">How it is metered; null = declared free.</param>
public sealed record ProviderRoute(Provider Provider, string Method, string Path, string UpstreamPath, ProviderApi? Api);
