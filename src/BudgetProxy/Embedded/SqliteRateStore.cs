using BudgetProxy.Core.Requests;
using BudgetProxy.Rates;
using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>The rate table in the embedded database. Additions are rare, so each takes a connection of its own, like the directory's.</summary>
public sealed class SqliteRateStore(EmbeddedDatabase database) : IRateStore, IDisposable
{
    private const string Newest = "SELECT coalesce(max(sequence), 0) FROM rates";

    /// <summary>The file is this process's alone, so its own memory says who re-rates.</summary>
    private readonly SemaphoreSlim _rerating = new(1);

    public ValueTask<IReadOnlyList<RateRow>?> ReadAsync(long version, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = database.OpenConnection();
            using var transaction = connection.BeginTransaction(deferred: true);
            if (connection.Query(Newest, row => row.GetInt64(0))[0] == version)
                return ValueTask.FromResult<IReadOnlyList<RateRow>?>(null);
            return ValueTask.FromResult<IReadOnlyList<RateRow>?>(connection.Query(
                "SELECT definition, sequence, added_by, added_at FROM rates WHERE sequence IS NOT NULL ORDER BY sequence",
                row => new RateRow(RateDefinition.Read(row.GetString(0)), row.GetInt64(1), row.GetString(2), row.Instant(3))));
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("The rate table could not be read.", e);
        }
    }

    public ValueTask<RateStoring> AddAsync(IReadOnlyList<RateRow> rows, long version, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = database.OpenConnection();
            using var transaction = connection.BeginTransaction();
            if (connection.Query(Newest, row => row.GetInt64(0))[0] != version)
                return ValueTask.FromResult(RateStoring.Stale);
            foreach (var row in rows)
            {
                if (connection.Query("SELECT 1 FROM rates WHERE id = $id", found => found.GetInt64(0), ("$id", row.Rate.Id)).Count > 0)
                    return ValueTask.FromResult(RateStoring.IdTaken);
                connection.Run(
                    """
                    INSERT INTO rates (id, provider, model, effective_from, definition, tenant, sequence, added_by, added_at)
                    VALUES ($id, $provider, $model, $from, $definition, $tenant, $sequence, $by, $at)
                    """,
                    ("$id", row.Rate.Id), ("$provider", row.Rate.Provider.Name()), ("$model", row.Rate.Model),
                    ("$from", row.Rate.EffectiveFrom.ToUnixTimeMilliseconds()), ("$definition", RateDefinition.Json(row.Rate)), ("$tenant", row.Rate.Tenant),
                    ("$sequence", row.Sequence), ("$by", row.AddedBy), ("$at", row.AddedAt?.ToUnixTimeMilliseconds()));
            }

            transaction.Commit();
            return ValueTask.FromResult(RateStoring.Stored);
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("The rate table could not be written.", e);
        }
    }

    public async ValueTask<IAsyncDisposable?> TryHoldAsync(CancellationToken cancellationToken) =>
        await _rerating.WaitAsync(0, cancellationToken) ? new Held(_rerating) : null;

    public void Dispose() => _rerating.Dispose();

    private sealed class Held(SemaphoreSlim rerating) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            rerating.Release();
            return ValueTask.CompletedTask;
        }
    }
}
