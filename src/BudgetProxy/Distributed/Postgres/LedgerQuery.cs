using System.Text;
using BudgetProxy.Ledger;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Conditions on the ledger with their parameters; no text from outside ever becomes SQL.</summary>
internal sealed class LedgerQuery
{
    private readonly StringBuilder _conditions = new("TRUE");
    private readonly List<NpgsqlParameter> _parameters = [];

    /// <summary>The conditions so far, for a WHERE.</summary>
    public string Conditions => _conditions.ToString();

    public static LedgerQuery Of(LedgerFilter filter)
    {
        var query = new LedgerQuery();
        foreach (var (column, wanted) in new[] { ("tenant", filter.Tenant), ("\"user\"", filter.User), ("project", filter.Project), ("model", filter.Model) })
        {
            if (wanted is not null)
                query.And($"{column} = {query.Parameter(LedgerTexts.Clean(wanted))}");
        }

        if (filter.Prepaid is { } prepaid)
            query.And((prepaid ? "" : "NOT ") + LedgerRows.IsPrepaid("ledger"));
        if (filter.FromMilliseconds is { } from)
            query.And($"settled_at >= {query.Parameter(Instants.Of(from))}");
        if (filter.ToMilliseconds is { } to)
            query.And($"settled_at < {query.Parameter(Instants.Of(to))}");
        return query;
    }

    /// <summary>Adds a value; answers what stands for it in the SQL.</summary>
    public string Parameter<T>(T value)
    {
        _parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return $"${_parameters.Count}";
    }

    /// <summary>A place for a row comparison.</summary>
    public string Parameter(Place place) => $"({Parameter(place.Generation)}, {Parameter(place.Sequence)})";

    public LedgerQuery And(string condition)
    {
        _conditions.Append(" AND ").Append(condition);
        return this;
    }

    /// <summary>Runs a SELECT that has these parameters and reads all its rows.</summary>
    /// <param name="timeoutSeconds">0 = the connection's own.</param>
    public async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, int timeoutSeconds = 0)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (timeoutSeconds > 0)
            command.CommandTimeout = timeoutSeconds;
        foreach (var parameter in _parameters)
            command.Parameters.Add(parameter);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var all = new List<T>();
        while (await rows.ReadAsync(cancellationToken))
            all.Add(read(rows));
        return all;
    }
}
