namespace BudgetProxy.Distributed.Redis;

/// <summary>All shards. Their number is part of the data: a tenant's shard never changes.</summary>
internal sealed class Shards
{
    /// <summary>Few, so that calls of many tenants share round trips; enough to spread over a cluster.</summary>
    public const int Count = 16;

    public Shards(RedisLink link, StoreTime time, string owner)
    {
        Owner = owner;
        Time = time;
        Link = link;
        All = [.. Enumerable.Range(0, Count).Select(number => new Shard(number, link, time, owner))];
    }

    /// <summary>This proxy among the owners of reservations: a new name at each start.</summary>
    public string Owner { get; }

    public StoreTime Time { get; }

    public RedisLink Link { get; }

    public IReadOnlyList<Shard> All { get; }

    public Shard this[string tenant] => All[(int)(Hash(tenant) % Count)];

    /// <summary>FNV-1a: any proxy of any version must come to the same shard.</summary>
    private static uint Hash(string tenant)
    {
        var hash = 2_166_136_261u;
        foreach (var letter in tenant)
            hash = (hash ^ letter) * 16_777_619u;
        return hash;
    }
}
