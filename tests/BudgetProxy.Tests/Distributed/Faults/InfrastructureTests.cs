using System.Net.Sockets;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>The faults do what they say: a fault test on a tool that does nothing shows nothing.</summary>
[Collection(FaultCollection.Name)]
public sealed class InfrastructureTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_killed_Redis_has_its_append_only_file_when_it_starts_again()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.ExecuteAsync("SET", "kept", "1");
        await redis.KillAsync();
        await Assert.ThrowsAnyAsync<SocketException>(() => redis.ExecuteAsync("PING"));

        await redis.StartAgainAsync();

        Assert.Equal("1", await redis.ExecuteAsync("GET", "kept"));
        var policy = Assert.IsType<List<object?>>(await redis.ExecuteAsync("CONFIG", "GET", "maxmemory-policy"));
        Assert.Equal("noeviction", policy[1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Redis_can_be_set_back_and_emptied()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.ExecuteAsync("SET", "at", "snapshot");
        var snapshot = await redis.SnapshotAsync();
        await redis.ExecuteAsync("SET", "at", "end");
        await redis.KillAsync();

        await redis.StartFromAsync(snapshot);
        Assert.Equal("snapshot", await redis.ExecuteAsync("GET", "at"));
        var append = Assert.IsType<List<object?>>(await redis.ExecuteAsync("CONFIG", "GET", "appendonly"));
        Assert.Equal("yes", append[1]);

        await redis.KillAsync();
        await redis.StartEmptyAsync();
        Assert.Null(await redis.ExecuteAsync("GET", "at"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_frozen_Redis_answers_once_it_is_thawed()
    {
        await using var redis = await RedisServer.StartAsync();
        redis.StopProcess();
        var asked = redis.ExecuteAsync("PING");
        Assert.NotSame(asked, await Task.WhenAny(asked, Task.Delay(300)));

        redis.ContinueProcess();

        Assert.Equal("PONG", await asked);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cluster_of_three_knows_where_each_key_lives()
    {
        await using var cluster = await RedisCluster.StartAsync();
        var answers = new List<string>();
        foreach (var node in cluster.Nodes)
        {
            try
            {
                answers.Add($"{await node.ExecuteAsync("SET", "somewhere", "1")}");
            }
            catch (InvalidOperationException moved)
            {
                answers.Add(moved.Message.Split(' ')[0]);
            }
        }

        Assert.Equal(["MOVED", "MOVED", "OK"], answers.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_lost_reply_was_carried_out()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var network = CuttingProxy.Start(redis.Port);
        using var client = await RespClient.ConnectAsync(network.Port);
        Assert.Equal("PONG", await client.ExecuteAsync("PING"));
        network.LoseReplies(1, "INCR");

        await Assert.ThrowsAnyAsync<IOException>(() => client.ExecuteAsync("INCR", "counted"));

        Assert.Equal("1", await redis.ExecuteAsync("GET", "counted"));
        Assert.Equal(1, network.RepliesLost);
        using var next = await RespClient.ConnectAsync(network.Port);
        Assert.Equal(2L, await next.ExecuteAsync("INCR", "counted"));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_network_cuts_refuses_and_swallows()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var network = CuttingProxy.Start(redis.Port);
        using (var cut = await RespClient.ConnectAsync(network.Port))
        {
            Assert.Equal("PONG", await cut.ExecuteAsync("PING"));
            network.CutAll();
            await Assert.ThrowsAnyAsync<IOException>(() => cut.ExecuteAsync("PING"));
        }

        network.Refuse();
        await Assert.ThrowsAnyAsync<SocketException>(() => RespClient.ConnectAsync(network.Port));

        network.Pass();
        using var client = await RespClient.ConnectAsync(network.Port);
        network.BlackHole();
        var asked = client.ExecuteAsync("PING");
        Assert.NotSame(asked, await Task.WhenAny(asked, Task.Delay(300)));
        network.Pass();
        Assert.Equal("PONG", await asked);
    }
}
