namespace BudgetProxy.Distributed;

/// <summary>What the distributed mode needs to know.</summary>
/// <param name="Redis">A StackExchange.Redis connection string.</param>
/// <param name="Postgres">An Npgsql connection string.</param>
/// <param name="DataDirectory">Where the spool stands: a disk of this machine, for this process alone.</param>
/// <param name="Deadline">How long one call to Redis may take.</param>
internal sealed record DistributedOptions(string Redis, string Postgres, string DataDirectory, TimeSpan Deadline);
