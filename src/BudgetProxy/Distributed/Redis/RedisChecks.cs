using BudgetProxy.Reservations;

namespace BudgetProxy.Distributed.Redis;

/// <summary>Looks at how Redis is run, and says loudly what would lose money.</summary>
internal static partial class RedisChecks
{
    private static readonly Version Oldest = new(6, 2);

    /// <exception cref="InvalidOperationException">Redis is too old.</exception>
    /// <exception cref="StoreUnavailableException">It does not answer.</exception>
    public static async Task RunAsync(RedisLink link, ILogger logger)
    {
        foreach (var server in link.Masters)
        {
            if (server.Version < Oldest)
                throw new InvalidOperationException($"Redis {server.Version} at {server.EndPoint} is too old: {Oldest} or newer is needed.");
            if (server.Version.Major < 7)
                Log.NoOutOfMemoryFlag(logger, $"{server.EndPoint}");
            var policy = await link.InfoAsync(server, "memory", "maxmemory_policy");
            if (policy is not (null or "noeviction"))
                Log.Evicts(logger, $"{server.EndPoint}", policy);
            var appendOnly = await link.InfoAsync(server, "persistence", "aof_enabled");
            if (appendOnly == "0")
                Log.NotPersistent(logger, $"{server.EndPoint}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4301, LogLevel.Critical, "UNSAFE: Redis at {Server} evicts keys when memory is full (maxmemory-policy {Policy}): budgets would be forgotten. Set it to noeviction.")]
        public static partial void Evicts(ILogger logger, string server, string policy);

        [LoggerMessage(4302, LogLevel.Critical, "UNSAFE: Redis at {Server} has no append-only file: after a restart its counters are made from the ledger again, and entries that had not reached it are lost with a proxy that ends meanwhile. Set appendonly yes.")]
        public static partial void NotPersistent(ILogger logger, string server);

        [LoggerMessage(4303, LogLevel.Warning, "Redis at {Server} is older than 7.0: when its memory is full, calls that end are kept in the spool instead of being settled at once.")]
        public static partial void NoOutOfMemoryFlag(ILogger logger, string server);
    }
}
