namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>What a <see cref="Fleet"/> stands on.</summary>
internal sealed record FleetOptions
{
    public int Proxies { get; init; } = 3;

    /// <summary>StackExchange.Redis connection string for the proxy of this index; null = embedded, which one proxy alone can be.</summary>
    public Func<int, string>? Redis { get; init; }

    /// <summary>Npgsql connection string for the proxy of this index.</summary>
    public Func<int, string>? Postgres { get; init; }

    /// <summary>Further settings of every proxy, in environment form.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
