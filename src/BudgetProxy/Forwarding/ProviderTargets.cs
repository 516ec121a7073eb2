using BudgetProxy.Core.Requests;
using BudgetProxy.Hosting;

namespace BudgetProxy.Forwarding;

/// <summary>The targets of all configured providers, made once at start.</summary>
public sealed class ProviderTargets : IDisposable
{
    private readonly Dictionary<Provider, ProviderTarget> _targets = [];

    public ProviderTargets(ProxyOptions options)
    {
        foreach (var (provider, settings) in options.Providers)
            _targets[provider] = new ProviderTarget(provider, settings.BaseUrl, settings.ApiKey);
    }

    public ProviderTarget this[Provider provider] => _targets[provider];

    public IReadOnlyCollection<ProviderTarget> All => _targets.Values;

    public void Dispose()
    {
        foreach (var target in _targets.Values)
            target.Dispose();
    }
}
