using System.Collections.Concurrent;
using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Distributed;

/// <summary>
/// Ends of calls that could not reach Redis, and calls that were let through without it: on this machine's disk until they are booked. A row is flushed
/// before the call goes on, so that it survives the process and the power; rows that come together are flushed together. One process holds a data
/// directory; the next on it replays what is there.
/// </summary>
internal sealed class Spool : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly FileStream _lock;
    private readonly SemaphoreSlim _writer = new(1);
    private readonly Lock _database = new();
    private readonly ConcurrentQueue<(SpooledCall Call, TaskCompletionSource Written)> _waiting = new();
    private readonly ConcurrentDictionary<Guid, ReservedCall> _admitted = new();
    private readonly ConcurrentDictionary<Guid, bool> _rows = new();

    /// <param name="directory">Made where it does not exist; must be on a disk of this machine.</param>
    /// <exception cref="InvalidOperationException">Another process holds it.</exception>
    public Spool(string directory)
    {
        SqliteLibrary.EnsureLoaded();
        _lock = DataDirectory.Lock(directory);
        try
        {
            var file = Path.Combine(Path.GetFullPath(directory), "spool.db");
            _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
            _connection.Open();
            _connection.Run("PRAGMA journal_mode = WAL");
            _connection.Run("PRAGMA synchronous = FULL");
            _connection.Run(
                """
                CREATE TABLE IF NOT EXISTS calls (
                    id BLOB PRIMARY KEY, started_at INTEGER NOT NULL, call BLOB NOT NULL, held INTEGER NOT NULL, ended INTEGER NOT NULL, settlement BLOB)
                """);
            _connection.Run("CREATE TABLE IF NOT EXISTS owner (only INTEGER PRIMARY KEY CHECK (only = 1), id TEXT NOT NULL, first TEXT NOT NULL)");
            foreach (var id in _connection.Query("SELECT id FROM calls", row => new Guid(row.GetFieldValue<byte[]>(0), bigEndian: true)))
                _rows[id] = true;
        }
        catch
        {
            _connection?.Dispose();
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>Rows that wait.</summary>
    public long Count => _rows.Count;

    /// <summary>Remembers whose reservations this directory's process makes.</summary>
    /// <returns>The one before, which is gone (null = there was none), and the first ever: a name that stays with the directory.</returns>
    public (string? Before, string First) ChangeOwner(string owner)
    {
        var before = _connection.Query("SELECT id, first FROM owner", row => (row.GetString(0), row.GetString(1)));
        _connection.Run("INSERT INTO owner (only, id, first) VALUES (1, $id, $id) ON CONFLICT (only) DO UPDATE SET id = excluded.id", ("$id", owner));
        return before.Count == 0 ? (null, owner) : before[0];
    }

    /// <summary>True for a call of this process that was let through without Redis and has not ended.</summary>
    public bool IsAdmitted(Guid id) => !_admitted.IsEmpty && _admitted.ContainsKey(id);

    /// <summary>A call goes to the provider without a reservation.</summary>
    /// <exception cref="StoreUnavailableException">It could not be written: the call must not go.</exception>
    public async ValueTask AdmitAsync(ReservedCall call)
    {
        await WriteAsync(new SpooledCall(call, Held: false, Ended: false, null));
        _admitted[call.Id] = call;
    }

    /// <summary>A call that was let through has ended.</summary>
    /// <param name="settlement">Null = void: it is forgotten.</param>
    /// <exception cref="StoreUnavailableException">It could not be written; it may be repeated.</exception>
    public async ValueTask<SettleOutcome> SettleAdmittedAsync(Guid id, Settlement? settlement)
    {
        if (!_admitted.TryGetValue(id, out var call))
            return SettleOutcome.AlreadyResolved;
        if (settlement is null)
            await RemoveAsync(id);
        else
            await WriteAsync(new SpooledCall(call, Held: false, Ended: true, settlement));
        _admitted.TryRemove(id, out _);
        return SettleOutcome.Spooled;
    }

    /// <summary>The end of a reserved call that could not reach Redis.</summary>
    /// <param name="settlement">Null = void.</param>
    /// <exception cref="StoreUnavailableException">It could not be written either.</exception>
    public Task PutAsync(ReservedCall call, Settlement? settlement) => WriteAsync(new SpooledCall(call, Held: true, Ended: true, settlement));

    /// <summary>Rows in the order they came, at most so many; one that this version can't read stays where it is.</summary>
    /// <param name="open">True: those of calls that have not ended, which a process before this one left.</param>
    /// <exception cref="StoreUnavailableException">The disk can't be read.</exception>
    public List<SpooledCall> Read(int most, bool open) => Guarded(() =>
    {
        var rows = _connection.Query($"SELECT id, started_at, call, held, ended, settlement FROM calls WHERE ended = {(open ? 0 : 1)} ORDER BY rowid LIMIT {most}", TryRead);
        rows.RemoveAll(row => row is null);
        return rows.ConvertAll(row => row!);
    });

    /// <summary>It is booked.</summary>
    /// <exception cref="StoreUnavailableException">The disk can't be written; a repeat of what is booked changes nothing.</exception>
    public async Task RemoveAsync(Guid id)
    {
        await Task.Run(() => Guarded(() =>
        {
            _connection.Run("DELETE FROM calls WHERE id = $id", ("$id", id.ToByteArray(bigEndian: true)));
            return true;
        }));
        _rows.TryRemove(id, out _);
    }

    /// <summary>Writes over a row of the same call; on disk when it returns.</summary>
    /// <exception cref="StoreUnavailableException">The disk can't be written.</exception>
    public async Task WriteAsync(SpooledCall spooled)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((spooled, written));
        await _writer.WaitAsync();
        try
        {
            // Whoever writes writes for all that wait, so that they share one flush.
            if (!written.Task.IsCompleted)
                await Task.Run(WriteWaiting);
        }
        finally
        {
            _writer.Release();
        }

        await written.Task;
    }

    public void Dispose()
    {
        _connection.Dispose();
        _writer.Dispose();
        _lock.Dispose();
    }

    private static SpooledCall? TryRead(SqliteDataReader row)
    {
        try
        {
            var call = EntryCodec.ReadCall(
                row.GetFieldValue<byte[]>(2), new Guid(row.GetFieldValue<byte[]>(0), bigEndian: true), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)));
            return new SpooledCall(call, row.GetBoolean(3), row.GetBoolean(4), row.IsDBNull(5) ? null : EntryCodec.ReadSettlement(row.GetFieldValue<byte[]>(5)));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private void WriteWaiting()
    {
        var batch = new List<(SpooledCall Call, TaskCompletionSource Written)>();
        while (_waiting.TryDequeue(out var next))
            batch.Add(next);
        try
        {
            Guarded(() =>
            {
                using var transaction = _connection.BeginTransaction();
                foreach (var (call, _) in batch)
                    Write(call);
                transaction.Commit();
                return true;
            });
            foreach (var (call, written) in batch)
            {
                _rows[call.Call.Id] = true;
                written.SetResult();
            }
        }
        catch (StoreUnavailableException failed)
        {
            foreach (var (_, written) in batch)
                written.SetException(failed);
        }
    }

    private void Write(SpooledCall spooled) => _connection.Run(
        """
        INSERT INTO calls (id, started_at, call, held, ended, settlement) VALUES ($id, $started, $call, $held, $ended, $settlement)
        ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, settlement = excluded.settlement
        """,
        ("$id", spooled.Call.Id.ToByteArray(bigEndian: true)), ("$started", spooled.Call.StartedAt.ToUnixTimeMilliseconds()),
        ("$call", EntryCodec.Write(spooled.Call)), ("$held", spooled.Held), ("$ended", spooled.Ended),
        ("$settlement", spooled.Settlement is { } settlement ? EntryCodec.Write(settlement) : null));

    /// <summary>The connection takes one at a time; they are few, beside the calls, and never on a caller's thread but for reads.</summary>
    private T Guarded<T>(Func<T> work)
    {
        try
        {
            lock (_database)
                return work();
        }
        catch (SqliteException failed)
        {
            throw new StoreUnavailableException("The spool can't be read or written.", failed);
        }
    }
}
