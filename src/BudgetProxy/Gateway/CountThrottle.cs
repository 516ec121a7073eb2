using BudgetProxy.Core.Requests;

namespace BudgetProxy.Gateway;

/// <summary>
/// Keeps the questions to a provider's counter few: whoever is over budget and calls on could else use up the account's allowance of them, or this
/// proxy's connections. No question waits: it is asked now or not at all.
/// </summary>
public sealed class CountThrottle(TimeProvider clock)
{
    /// <summary>Questions under way at most, of all tenants and of one.</summary>
    public const int Most = 16;
    public const int MostOfTenant = 2;

    /// <summary>How long a provider is not asked once it could not answer.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    /// <summary>No tenant's id is empty.</summary>
    private const string Everyone = "";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _underWay = new(StringComparer.Ordinal);
    private int _all;
    private readonly Dictionary<(Provider Provider, string Tenant), DateTimeOffset> _rests = [];

    /// <summary>True = one question may be asked, and <see cref="Leave"/> follows.</summary>
    public bool TryEnter(Provider provider, string tenant)
    {
        lock (_lock)
        {
            var own = _underWay.GetValueOrDefault(tenant);
            if (_all >= Most || own >= MostOfTenant || Rests(provider, Everyone) || Rests(provider, tenant))
                return false;
            _underWay[tenant] = own + 1;
            _all++;
            return true;
        }
    }

    public void Leave(string tenant)
    {
        lock (_lock)
        {
            _all--;
            if (--_underWay[tenant] == 0)
                _underWay.Remove(tenant);
        }
    }

    /// <summary>The provider is not asked for a while, for no tenant.</summary>
    public void Pause(Provider provider) => Pause(provider, Everyone);

    /// <summary>The provider is not asked for a while for this tenant: what it could not answer may lie in the tenant's own calls.</summary>
    public void Pause(Provider provider, string tenant)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            foreach (var (key, until) in _rests)
            {
                if (until <= now)
                    _rests.Remove(key);
            }

            _rests[(provider, tenant)] = now + Rest;
        }
    }

    private bool Rests(Provider provider, string tenant) => _rests.TryGetValue((provider, tenant), out var until) && clock.GetUtcNow() < until;
}
