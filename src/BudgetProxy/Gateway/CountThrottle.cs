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

    /// <summary>How long nothing is asked once the provider could not answer.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _underWay = new(StringComparer.Ordinal);
    private int _all;
    private DateTimeOffset _until = DateTimeOffset.MinValue;

    /// <summary>True = one question may be asked, and <see cref="Leave"/> follows.</summary>
    public bool TryEnter(string tenant)
    {
        lock (_lock)
        {
            var own = _underWay.GetValueOrDefault(tenant);
            if (_all >= Most || own >= MostOfTenant || clock.GetUtcNow() < _until)
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

    /// <summary>Nothing is asked for a while.</summary>
    public void Pause()
    {
        lock (_lock)
            _until = clock.GetUtcNow() + Rest;
    }
}
