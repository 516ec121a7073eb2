using BudgetProxy.Alerts;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Reads the end of the shared ledger, as far as entries have come there: a moment behind Redis.</summary>
public sealed class PostgresSpendSource(PostgresDatabase database) : ISpendSource
{
    public async ValueTask<IReadOnlyList<Spender>> SpendersAsync(DateTimeOffset from, int most, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery();
        query.And($"settled_at >= {query.Parameter(from.ToUniversalTime())}");
        return await database.ReadAsync(
            connection => query.ReadAsync(
                connection,
                $"""
                SELECT DISTINCT tenant, key, "user", project, run, tags::text, provider, model FROM ledger WHERE {query.Conditions} LIMIT {query.Parameter(most)}
                """,
                row => new Spender(
                    new Caller
                    {
                        Tenant = row.GetString(0),
                        Key = row.GetString(1),
                        User = row.TextOrNull(2),
                        Project = row.TextOrNull(3),
                        Run = row.TextOrNull(4),
                        Tags = LedgerTags.Read(row.TextOrNull(5)),
                    },
                    row.GetString(6),
                    row.GetString(7)),
                cancellationToken),
            cancellationToken);
    }

    public async ValueTask<IReadOnlyDictionary<string, NanoUsd>> SpendAsync(DateTimeOffset from, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery();
        query.And($"settled_at >= {query.Parameter(from.ToUniversalTime())}");
        var sums = await database.ReadAsync(
            connection => query.ReadAsync(
                connection,
                $"SELECT tenant, sum(cost)::bigint FROM ledger WHERE {query.Conditions} GROUP BY tenant",
                row => (Tenant: row.GetString(0), Cost: new NanoUsd(row.GetInt64(1))),
                cancellationToken),
            cancellationToken);
        return sums.ToDictionary(sum => sum.Tenant, sum => sum.Cost, StringComparer.Ordinal);
    }
}
