using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// The connections to the one database that all proxies share. Reads and writes have pools of their own, so that reports never keep entries from
/// being booked. Nothing is retried here: whoever calls knows whether a repeat is harmless.
/// </summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>Connections of one pool at most; three proxies then stay below PostgreSQL's own default of 100 in all.</summary>
    private const int MostConnections = 12;

    private const int WriteSeconds = 5;
    private const int ReadSeconds = 30;
    private const int ConnectSeconds = 3;

    /// <summary>Seconds of silence after which a connection is tried: one whose server is gone must not look alive.</summary>
    private const int KeepAliveSeconds = 10;

    private readonly string _connectionString;
    private readonly NpgsqlDataSource _writes;
    private readonly NpgsqlDataSource _reads;

    /// <summary>Connects to nothing yet.</summary>
    /// <param name="connectionString">In Npgsql's form. Its timeouts are replaced, its pool size can only be lowered. Behind a pooler it must be one that keeps sessions.</param>
    /// <exception cref="ArgumentException">It is not a connection string.</exception>
    public PostgresDatabase(string connectionString)
    {
        var address = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Timeout = ConnectSeconds,
            KeepAlive = KeepAliveSeconds,
            CommandTimeout = ReadSeconds,
            // Details name the values of rows, and errors are logged.
            IncludeErrorDetail = false,
        };
        address.ApplicationName ??= "BudgetProxy";
        address.MinPoolSize = Math.Min(address.MinPoolSize, MostConnections);
        address.MaxPoolSize = Math.Clamp(address.MaxPoolSize, Math.Max(address.MinPoolSize, 1), MostConnections);
        _reads = NpgsqlDataSource.Create(address);
        address.CommandTimeout = WriteSeconds;
        _writes = NpgsqlDataSource.Create(address);
        address.Pooling = false;
        _connectionString = address.ConnectionString;
    }

    /// <summary>For what writes and is short. Used directly, it throws what Npgsql throws.</summary>
    public NpgsqlDataSource Source => _writes;

    /// <summary>What a provider's cache saved on an entry, which is kept beside it: nothing, until the rates are there.</summary>
    internal Func<LedgerEntry, NanoUsd> CacheSaved { get; set; } = static _ => NanoUsd.Zero;

    /// <summary>Completes where the database answers.</summary>
    /// <exception cref="StoreUnavailableException">It does not.</exception>
    public Task PingAsync(CancellationToken cancellationToken) => WriteAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            return await command.ExecuteScalarAsync(cancellationToken);
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _writes.DisposeAsync();
        await _reads.DisposeAsync();
    }

    /// <summary>Commands time out after 30 seconds unless they say otherwise.</summary>
    /// <exception cref="StoreUnavailableException">The database can't be read.</exception>
    internal Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellationToken) =>
        RunAsync(_reads, read, cancellationToken);

    /// <summary>Commands time out after 5 seconds.</summary>
    /// <exception cref="StoreUnavailableException">The database can't be written, or the answer was lost.</exception>
    internal Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> write, CancellationToken cancellationToken) =>
        RunAsync(_writes, write, cancellationToken);

    /// <summary>A connection outside the pools, for who keeps it. Throws what Npgsql throws.</summary>
    internal async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static Task<T> RunAsync<T>(NpgsqlDataSource source, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) =>
        PostgresFaults.MapAsync(
            async () =>
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                return await work(connection);
            },
            cancellationToken);
}
