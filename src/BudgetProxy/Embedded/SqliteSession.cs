using BudgetProxy.Storage;
using SQLitePCL;

namespace BudgetProxy.Embedded;

/// <summary>One connection on SQLite's C API, for one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private const int BusyTimeoutMilliseconds = 5000;
    private readonly sqlite3 _handle;
    private readonly List<SqliteStatement> _statements = [];

    /// <exception cref="StoreFaultException">The file can't be opened.</exception>
    public SqliteSession(string path)
    {
        SqliteLibrary.EnsureLoaded();
        var flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
        Check(raw.sqlite3_open_v2(path, out _handle, flags, null));
        Check(raw.sqlite3_busy_timeout(_handle, BusyTimeoutMilliseconds));
    }

    /// <summary>True between BEGIN and its COMMIT or ROLLBACK.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Rows that the last statement inserted, changed or deleted.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Takes the write lock, unless this session has it.</summary>
    public void Begin()
    {
        if (!InTransaction)
            Execute("BEGIN IMMEDIATE");
    }

    /// <summary>Runs statements that give no rows wanted.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>The statement lives as long as the session.</summary>
    public SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_handle, sql, out var prepared));
        var statement = new SqliteStatement(this, prepared);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Copies what can be copied from the write-ahead log without waiting for anyone; answers the frames that the log holds.</summary>
    public int Checkpoint()
    {
        var result = raw.sqlite3_wal_checkpoint_v2(_handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var frames, out _);
        if (result != raw.SQLITE_BUSY)
            Check(result);
        return frames;
    }

    /// <summary>Ends its statements and a transaction that is open, for another use; what it has read stays in its cache.</summary>
    public void Clear()
    {
        foreach (var statement in _statements)
            statement.Dispose();
        _statements.Clear();
        if (InTransaction)
            Execute("ROLLBACK");
    }

    /// <exception cref="StoreFaultException">The result is not success.</exception>
    public void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            throw new StoreFaultException($"SQLite error {result}: {raw.sqlite3_errmsg(_handle).utf8_to_string()}", result & 0xFF);
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
            statement.Dispose();
        _handle.Dispose();
    }
}
