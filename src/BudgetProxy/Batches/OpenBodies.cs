namespace BudgetProxy.Batches;

/// <summary>Bodies of batches and files that are being taken in now: so many of one tenant and so many in all, so that none keeps the others out.</summary>
public sealed class OpenBodies
{
    /// <summary>Of one tenant at most.</summary>
    public const int MostOfTenant = 4;

    /// <summary>Of all tenants at most.</summary>
    public const int MostInAll = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>False = there are as many as there may be. Who is let in calls <see cref="Leave"/>.</summary>
    public bool TryEnter(string tenant)
    {
        lock (_lock)
        {
            var own = _open.GetValueOrDefault(tenant);
            if (own == MostOfTenant || _all == MostInAll)
                return false;
            _open[tenant] = own + 1;
            _all++;
            return true;
        }
    }

    public void Leave(string tenant)
    {
        lock (_lock)
        {
            _all--;
            if (--_open[tenant] == 0)
                _open.Remove(tenant);
        }
    }
}
