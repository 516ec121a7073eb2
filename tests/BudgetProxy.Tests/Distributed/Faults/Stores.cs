using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>What fleets stand on: a database of their own and an empty Redis, shared with other tests or theirs to break.</summary>
internal static class Stores
{
    /// <summary>On servers that no test breaks.</summary>
    public static async Task<FleetOptions> SharedAsync()
    {
        var redis = await SharedRedis.GetAsync();
        await redis.ExecuteAsync("FLUSHALL");
        return await OnAsync(redis);
    }

    /// <summary>On a Redis of the caller's.</summary>
    public static async Task<FleetOptions> OnAsync(RedisServer redis)
    {
        var database = await SharedPostgres.CreateDatabaseAsync();
        return new FleetOptions { Redis = _ => redis.ConnectionString, Postgres = _ => database };
    }

    /// <summary>On a Redis that the first proxy reaches through a bad network.</summary>
    public static async Task<FleetOptions> BehindAsync(CuttingProxy network, RedisServer redis)
    {
        await redis.ExecuteAsync("FLUSHALL");
        return await OnAsync(redis) with
        {
            Redis = index => index == 0 ? $"127.0.0.1:{network.Port},abortConnect=false" : redis.ConnectionString,
        };
    }
}
