namespace BudgetProxy.Tests.Infrastructure;

/// <summary>A Redis Cluster of three masters without replicas, on free ports: enough to show that no script reaches across slots.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16384;
    private static readonly TimeSpan FormLimit = TimeSpan.FromSeconds(30);

    private RedisCluster(IReadOnlyList<RedisServer> nodes) => Nodes = nodes;

    public IReadOnlyList<RedisServer> Nodes { get; }

    /// <summary>For StackExchange.Redis, with all three nodes.</summary>
    public string ConnectionString => $"{string.Join(',', Nodes.Select(node => $"127.0.0.1:{node.Port}"))},abortConnect=false";

    public static async Task<RedisCluster> StartAsync()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RedisServer.StartAsync(new RedisServerOptions { Cluster = true })));
        var cluster = new RedisCluster(nodes);
        for (var i = 0; i < nodes.Length; i++)
        {
            await nodes[i].ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", $"{Slots * i / nodes.Length}", $"{(Slots * (i + 1) / nodes.Length) - 1}");
            await nodes[i].ExecuteAsync("CLUSTER", "SET-CONFIG-EPOCH", $"{i + 1}");
            if (i > 0)
                await nodes[0].MeetAsync(nodes[i]);
        }

        await Poll.UntilAsync(cluster.IsWholeAsync, FormLimit, "all nodes of the cluster know all slots");
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            await node.DisposeAsync();
    }

    private async Task<bool> IsWholeAsync()
    {
        foreach (var node in Nodes)
        {
            var info = (string)(await node.ExecuteAsync("CLUSTER", "INFO"))!;
            if (!info.Contains("cluster_state:ok", StringComparison.Ordinal) || !info.Contains($"cluster_known_nodes:{Nodes.Count}", StringComparison.Ordinal))
                return false;
        }

        return true;
    }
}
