using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>Faults chosen by a seed. Each heals before it returns, so that what follows begins with everything there.</summary>
internal sealed class RandomFaults(Random random, RedisServer redis, PostgresServer postgres, CuttingProxy network)
{
    /// <summary>Chooses one fault.</summary>
    /// <returns>What it is, and the fault itself.</returns>
    public (string Name, Func<Task> Strike) Next(Fleet fleet, Traffic traffic)
    {
        var proxy = random.Next(fleet.Proxies.Count);
        var length = TimeSpan.FromMilliseconds(random.Next(200, 6000));
        return random.Next(11) switch
        {
            0 => ($"kill -9 of proxy {proxy}", () => KillProxyAsync(fleet, proxy)),
            1 => ($"proxy {proxy} frozen for {length}", () => fleet.FreezeAsync(proxy, length)),
            2 => ($"kill -9 of Redis for {length}", () => KillRedisAsync(length)),
            3 => ($"Redis frozen for {length}", () => FreezeRedisAsync(length)),
            4 => ("Redis emptied", () => redis.ExecuteAsync("FLUSHALL")),
            5 => ("Redis set back", () => SetBackAsync(traffic)),
            6 => ("connections delayed and cut", () => CutAsync(traffic)),
            7 => ($"connections refused for {length}", () => RefuseAsync(length)),
            8 => ($"everything swallowed for {length}", () => SwallowAsync(length)),
            9 => ("replies lost", () => LoseAsync(traffic)),
            _ => ($"Postgres down for {length}", () => StopPostgresAsync(length)),
        };
    }

    private static async Task KillProxyAsync(Fleet fleet, int proxy)
    {
        await fleet.KillAsync(proxy);
        await fleet.RestartAsync(proxy);
    }

    private async Task KillRedisAsync(TimeSpan length)
    {
        await redis.KillAsync();
        await Task.Delay(length);
        await redis.StartAgainAsync();
    }

    private async Task FreezeRedisAsync(TimeSpan length)
    {
        redis.StopProcess();
        await Task.Delay(length);
        redis.ContinueProcess();
    }

    private async Task SetBackAsync(Traffic traffic)
    {
        var snapshot = await redis.SnapshotAsync();
        await traffic.ServeAsync(random.Next(1, 300));
        await redis.KillAsync();
        await redis.StartFromAsync(snapshot);
    }

    private async Task CutAsync(Traffic traffic)
    {
        network.Delay(TimeSpan.FromMilliseconds(random.Next(0, 60)));
        for (var i = 0; i < 4; i++)
        {
            network.CutAll();
            await traffic.ServeAsync(40);
        }

        network.Pass();
    }

    private async Task RefuseAsync(TimeSpan length)
    {
        network.Refuse();
        await Task.Delay(length);
        network.Pass();
    }

    private async Task SwallowAsync(TimeSpan length)
    {
        network.BlackHole();
        await Task.Delay(length);
        network.Pass();
    }

    private async Task LoseAsync(Traffic traffic)
    {
        for (var i = 0; i < 5; i++)
        {
            network.LoseReplies(random.Next(1, 5), "EVAL");
            await traffic.ServeAsync(30);
        }
    }

    private async Task StopPostgresAsync(TimeSpan length)
    {
        await postgres.StopAsync(immediate: true);
        await Task.Delay(length);
        await postgres.StartAgainAsync();
    }
}
