using BudgetProxy.Core.Money;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Storage;

/// <summary>Short forms for statements with bound parameters; no text from outside ever becomes SQL.</summary>
internal static class SqliteStatements
{
    public static void Run(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        command.ExecuteNonQuery();
    }

    public static List<T> Query<T>(
        this SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    public static string? TextOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>Two columns that together are a sum of money, since <c>sum</c> by itself fails where 64 bits are too few; read by <see cref="Sum"/>.</summary>
    public static string SumOf(string amount) => $"coalesce(sum(({amount}) >> 32), 0), coalesce(sum(({amount}) & 4294967295), 0)";

    /// <summary>What <see cref="SumOf"/> selected in this column and the next, cut to what 64 bits hold.</summary>
    public static NanoUsd Sum(this SqliteDataReader row, int column) => NanoUsd.Cut(((Int128)row.GetInt64(column) << 32) + row.GetInt64(column + 1));

    public static DateTimeOffset Instant(this SqliteDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
