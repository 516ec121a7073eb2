using BudgetProxy.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace BudgetProxy.Embedded;

/// <summary>
/// The one SQLite file of the data directory, its migrations applied, held by this process alone. The kernel drops the lock with the process,
/// however it ends.
/// </summary>
public sealed class EmbeddedDatabase : IDisposable
{
    private readonly FileStream _lock;
    private volatile string? _unflushed;

    /// <param name="dataDirectory">Made where it does not exist.</param>
    /// <exception cref="InvalidOperationException">Another process holds the directory, or its file was made by a newer version.</exception>
    public EmbeddedDatabase(string dataDirectory)
    {
        _lock = DataDirectory.Lock(dataDirectory);
        FilePath = Path.Combine(Path.GetFullPath(dataDirectory), "budgetproxy.db");
        try
        {
            using var session = OpenSession();
            Migrations.Apply(session);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    public string FilePath { get; }

    /// <summary>
    /// A connection for reads and for writes outside the calls' path, such as the directory's: a commit is on disk when it returns. The caller
    /// disposes it, and keeps write transactions short: while one is open no call can be reserved or settled.
    /// </summary>
    public SqliteConnection OpenConnection()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = FilePath, Pooling = false }.ToString());
        connection.Open();
        using var pragmas = connection.CreateCommand();
        pragmas.CommandText = "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
        pragmas.ExecuteNonQuery();
        return connection;
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>A connection on SQLite's C API: commits are in the write-ahead log when they return, and on disk once that is flushed.</summary>
    internal SqliteSession OpenSession()
    {
        var session = new SqliteSession(FilePath);
        // Checkpoints are taken beside the calls' path (see WalCheckpointer), so none is automatic.
        session.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -32768;");
        return session;
    }

    /// <summary>A session for one answer: what it reads it reads once, and memory for 32 MiB of pages, taken anew for each answer, costs more than the reading.</summary>
    internal SqliteSession OpenReader()
    {
        var session = OpenSession();
        session.Execute("PRAGMA cache_size = -2048;");
        return session;
    }

    /// <summary>Brings what sessions have committed to the disk.</summary>
    /// <exception cref="StoreFaultException">It failed. Once a flush has, the kernel may have dropped what was not written, so no later one is believed until the proxy starts anew.</exception>
    internal void FlushLog()
    {
        if (_unflushed is null)
        {
            using var log = OpenLog();
            try
            {
                RandomAccess.FlushToDisk(log);
            }
            catch (IOException failed)
            {
                _unflushed = failed.Message;
            }
        }

        if (_unflushed is { } reason)
            throw new StoreFaultException($"The log could not be flushed to disk: {reason} See to the disk, then restart the proxy.", raw.SQLITE_IOERR);
    }

    private SafeFileHandle OpenLog()
    {
        try
        {
            return File.OpenHandle(FilePath + "-wal", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StoreFaultException($"The log can't be opened: {failed.Message}", raw.SQLITE_IOERR);
        }
    }
}
