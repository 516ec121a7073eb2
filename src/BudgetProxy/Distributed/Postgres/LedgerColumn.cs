using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>A column of the ledger: its name, and its values of many entries as one array.</summary>
/// <param name="Name">As SQL names it.</param>
/// <param name="Selected">What stands for it in the SELECT that the entries are inserted from.</param>
internal sealed record LedgerColumn(string Name, string Selected, Func<IReadOnlyList<PlacedEntry>, NpgsqlParameter> Values)
{
    public static LedgerColumn Of<T>(string name, Func<PlacedEntry, T> value, string? selected = null) => new(
        name,
        selected ?? name,
        entries =>
        {
            var values = new T[entries.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = value(entries[i]);
            return new NpgsqlParameter<T[]> { TypedValue = values };
        });
}
