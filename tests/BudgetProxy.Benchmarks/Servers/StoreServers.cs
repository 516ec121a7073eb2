using System.Globalization;
using BudgetProxy.Distributed.Redis;
using BudgetProxy.Tests.Infrastructure;
using Npgsql;
using StackExchange.Redis;

namespace BudgetProxy.Benchmarks.Servers;

/// <summary>
/// A real Redis and a real Postgres in temporary folders, as durable as the proxy asks for: the append-only file synced every second and nothing
/// evicted, every commit flushed to disk.
/// </summary>
internal sealed class StoreServers : IAsyncDisposable
{
    private const string ScriptCalls = "cmdstat_evalsha:calls=";

    private readonly DirectoryInfo _folder;
    private readonly ChildProcess _redis;
    private readonly PostgresServer _postgres;
    private ConnectionMultiplexer? _connection;

    private StoreServers(DirectoryInfo folder, ChildProcess redis, int redisPort, PostgresServer postgres)
    {
        _folder = folder;
        _redis = redis;
        RedisPort = redisPort;
        _postgres = postgres;
    }

    public int RedisPort { get; }

    public string Redis => $"127.0.0.1:{RedisPort},abortConnect=false";

    public string Postgres { get; private set; } = "";

    public int RedisId => _redis.Id;

    /// <summary>The process that starts all others of Postgres.</summary>
    public int PostgresId => _postgres.Pid;

    public TimeSpan RedisCpu => _redis.Cpu;

    public TimeSpan PostgresCpu => ProcessTimes.OfTree(PostgresId);

    private ConnectionMultiplexer Connection => _connection ?? throw new InvalidOperationException("Redis has not started.");

    public static async Task<StoreServers> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("budgetproxy-redis-");
        ChildProcess? redis = null;
        PostgresServer? postgres = null;
        try
        {
            var port = FreePort.Next();
            redis = StartRedis(port, folder);
            postgres = await PostgresServer.StartAsync();
            await redis.WaitForAsync(port);
            var servers = new StoreServers(folder, redis, port, postgres);
            servers._connection = await ConnectionMultiplexer.ConnectAsync(servers.Redis);
            servers.Postgres = await postgres.CreateDatabaseAsync();
            await servers.MakeDurableAsync();
            return servers;
        }
        catch
        {
            redis?.Dispose();
            folder.Delete(recursive: true);
            if (postgres is not null)
                await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>Entries that are in Redis and have not been let go there: those that Postgres may lack.</summary>
    public async Task<long> OutboxLengthAsync()
    {
        var database = Connection.GetDatabase();
        var lengths = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => database.ExecuteAsync("XLEN", (RedisKey)$"bp:{{{shard}}}:out")));
        return lengths.Sum(length => (long)length);
    }

    /// <summary>Scripts that Redis ran since its start.</summary>
    public async Task<long> ScriptCallsAsync()
    {
        var info = (string)(await Connection.GetDatabase().ExecuteAsync("INFO", "commandstats"))!;
        var calls = info.AsSpan(info.IndexOf(ScriptCalls, StringComparison.Ordinal) + ScriptCalls.Length);
        return long.Parse(calls[..calls.IndexOf(',')], CultureInfo.InvariantCulture);
    }

    public Task<long> LedgerCountAsync() => AskPostgresAsync<long>("SELECT count(*) FROM ledger");

    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        _redis.Dispose();
        _folder.Delete(recursive: true);
        await _postgres.DisposeAsync();
    }

    private static ChildProcess StartRedis(int port, DirectoryInfo folder) => ChildProcess.Start(
        "redis-server",
        [
            "--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder.FullName, "--save", "", "--daemonize", "no",
            "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction",
        ],
        []);

    /// <summary>The tests' server does not wait for the disk and has little memory; as it comes from its makers it waits.</summary>
    private async Task MakeDurableAsync()
    {
        foreach (var setting in (string[])["fsync = on", "full_page_writes = on", "shared_buffers = '128MB'"])
            await AskPostgresAsync<object>($"ALTER SYSTEM SET {setting}");
        await _postgres.StopAsync(immediate: false);
        await _postgres.StartAgainAsync();
        if (await AskPostgresAsync<string>("SHOW fsync") != "on")
            throw new InvalidOperationException("Postgres does not wait for the disk.");
    }

    private async Task<T?> AskPostgresAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Postgres) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T?)await command.ExecuteScalarAsync();
    }
}
