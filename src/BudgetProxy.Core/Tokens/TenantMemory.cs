using System.Collections.Concurrent;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// What was learned of texts, kept for each tenant apart: of its own table, under its own key. Bounded as a whole, and shared evenly: no tenant's load takes an
/// entry from another. Only the coming of a new tenant does, since then all shares are smaller. Safe for any number of callers.
/// </summary>
/// <param name="entries">Entries of all tenants together at most.</param>
public sealed class TenantMemory<T>(int entries)
    where T : struct
{
    /// <summary>Tenants at most; with more, the one that was away longest is forgotten.</summary>
    public const int MaxTenants = 1024;

    private readonly ConcurrentDictionary<string, TenantShare<T>> _shares = new(StringComparer.Ordinal);
    private readonly Lock _coming = new();
    private long _visits;

    /// <summary>Room for entries that is taken now, of all tenants.</summary>
    public int Room
    {
        get
        {
            var room = 0;
            foreach (var (_, share) in _shares)
                room += share.Room;
            return room;
        }
    }

    /// <summary>The tenant's own share, made at its first call.</summary>
    public TenantShare<T> Of(string tenant)
    {
        if (!_shares.TryGetValue(tenant, out var share))
            share = Add(tenant);
        share.LastVisit = Interlocked.Increment(ref _visits);
        return share;
    }

    private TenantShare<T> Add(string tenant)
    {
        lock (_coming)
        {
            if (_shares.TryGetValue(tenant, out var known))
                return known;
            if (_shares.Count >= Math.Min(MaxTenants, entries / TenantShare<T>.Least))
                ForgetLongestAway();
            var limit = entries / (_shares.Count + 1);
            foreach (var (_, other) in _shares)
                other.Limit(limit);
            var share = new TenantShare<T>(limit);
            _shares[tenant] = share;
            return share;
        }
    }

    private void ForgetLongestAway()
    {
        var (longest, visit) = ("", long.MaxValue);
        foreach (var (tenant, share) in _shares)
        {
            if (share.LastVisit < visit)
                (longest, visit) = (tenant, share.LastVisit);
        }

        _shares.TryRemove(longest, out _);
    }
}
