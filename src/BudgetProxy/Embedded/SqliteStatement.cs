using System.Text;
using SQLitePCL;

namespace BudgetProxy.Embedded;

/// <summary>
/// A prepared statement, kept for the session's life. Straight on SQLite's C API: for the hot statements an ADO.NET command costs more than
/// SQLite itself. Parameters are bound in order; columns are read by position.
/// </summary>
internal sealed class SqliteStatement(SqliteSession session, sqlite3_stmt statement) : IDisposable
{
    private const int StackBytes = 512;
    private int _bound;

    public SqliteStatement Bind(long value)
    {
        session.Check(raw.sqlite3_bind_int64(statement, ++_bound, value));
        return this;
    }

    public SqliteStatement Bind(long? value) => value is { } present ? Bind(present) : BindNull();

    public SqliteStatement Bind(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        session.Check(raw.sqlite3_bind_blob(statement, ++_bound, bytes));
        return this;
    }

    public SqliteStatement Bind(Guid? value) => value is { } present ? Bind(present) : BindNull();

    public SqliteStatement Bind(string? value)
    {
        if (value is null)
            return BindNull();
        if (value.Length is 0 or > StackBytes / 3)
        {
            session.Check(raw.sqlite3_bind_text(statement, ++_bound, value));
            return this;
        }

        Span<byte> utf8 = stackalloc byte[StackBytes];
        return Bind(utf8[..Encoding.UTF8.GetBytes(value, utf8)]);
    }

    /// <param name="utf8">Text, not empty: SQLite would take nothing for NULL.</param>
    public SqliteStatement Bind(ReadOnlySpan<byte> utf8)
    {
        session.Check(raw.sqlite3_bind_text(statement, ++_bound, utf8));
        return this;
    }

    /// <summary>Steps to the next row; at the end resets the statement for its next use.</summary>
    public bool Read()
    {
        var result = raw.sqlite3_step(statement);
        if (result == raw.SQLITE_ROW)
            return true;
        Reset();
        if (result != raw.SQLITE_DONE)
            session.Check(result);
        return false;
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        while (Read())
        {
        }
    }

    public void Reset()
    {
        _bound = 0;
        _ = raw.sqlite3_reset(statement);
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    public string? Text(int column) => IsNull(column) ? null : raw.sqlite3_column_text(statement, column).utf8_to_string();

    public Guid Id(int column) => new(raw.sqlite3_column_blob(statement, column), bigEndian: true);

    public void Dispose() => statement.Dispose();

    private SqliteStatement BindNull()
    {
        session.Check(raw.sqlite3_bind_null(statement, ++_bound));
        return this;
    }
}
