namespace BudgetProxy.Tests.Infrastructure;

/// <summary>How a <see cref="RedisServer"/> is set up. The default is what the proxy asks for: nothing is evicted, and the append-only file is on.</summary>
internal sealed record RedisServerOptions
{
    public bool AppendOnly { get; init; } = true;

    /// <summary>Redis' <c>appendfsync</c>.</summary>
    public string Fsync { get; init; } = "everysec";

    public string MaxMemoryPolicy { get; init; } = "noeviction";

    /// <summary>Redis' <c>maxmemory</c>, such as <c>4mb</c>; null = no limit.</summary>
    public string? MaxMemory { get; init; }

    /// <summary>A node of a cluster, with a bus port of its own.</summary>
    public bool Cluster { get; init; }

    /// <summary>More words of the command line, such as <c>--hz</c>, <c>100</c>.</summary>
    public IReadOnlyList<string> More { get; init; } = [];
}
