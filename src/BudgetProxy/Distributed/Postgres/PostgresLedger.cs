using System.Data;
using System.Runtime.CompilerServices;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// The ledger in the shared database. Entries come from the outbox, some time after they were settled and, after a fault, more than once: an id that is
/// there already is left as it is. Every method may throw <see cref="StoreUnavailableException"/> and nothing else but cancellation.
/// </summary>
public sealed class PostgresLedger(PostgresDatabase database)
{
    private const int PageSize = 1_000;
    private const string Order = "settled_at, generation, sequence, id";

    private readonly UsageBackfill _backfill = new(database);

    /// <summary>Books entries in one statement, all or none; any number may be given at once, some thousands are best.</summary>
    /// <returns>How many were not there before.</returns>
    public async Task<int> InsertAsync(IReadOnlyList<PlacedEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
            return 0;
        return await database.WriteAsync(connection => InsertAsync(database, connection, entries, cancellationToken), cancellationToken);
    }

    /// <summary>The same on a connection that may be in a transaction. Throws what Npgsql throws.</summary>
    internal static async Task<int> InsertAsync(
        PostgresDatabase database, NpgsqlConnection connection, IReadOnlyList<PlacedEntry> entries, CancellationToken cancellationToken)
    {
        // In the order of ids, so that two proxies that insert the same entries never wait for each other in a circle.
        var sorted = entries.OrderBy(row => row.Entry.Id).ToList();
        await using var command = new NpgsqlCommand(LedgerRows.Insert, connection);
        foreach (var column in LedgerRows.All)
            command.Parameters.Add(column.Values(sorted));
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. sorted.Select(row => database.CacheSaved(row.Entry).Value)] });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Which of these entries are there, and on what basis each was booked.</summary>
    public async Task<IReadOnlyDictionary<Guid, UsageBasis>> FindAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery();
        query.And($"id = ANY ({query.Parameter(ids.ToArray())})");
        var found = await database.ReadAsync(
            connection => query.ReadAsync(
                connection,
                $"SELECT id, basis FROM ledger WHERE {query.Conditions}",
                row => (Id: row.GetGuid(0), Basis: (UsageBasis)row.GetInt16(1)),
                cancellationToken),
            cancellationToken);
        return found.ToDictionary(row => row.Id, row => row.Basis);
    }

    /// <inheritdoc cref="ILedger.CorrectionsAsync"/>
    public async ValueTask<IReadOnlyList<LedgerEntry>> CorrectionsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery();
        query.And($"adjusts = ANY ({query.Parameter(ids.ToArray())})");
        return await database.ReadAsync(
            connection => query.ReadAsync(
                connection, $"SELECT {LedgerRows.Columns} FROM ledger WHERE {query.Conditions} ORDER BY {Order}", row => LedgerRows.Read(row).Entry, cancellationToken),
            cancellationToken);
    }

    /// <summary>True where late usage has corrected this presumed entry; a correction of its price is none of that kind.</summary>
    public async Task<bool> IsAdjustedAsync(Guid id, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery();
        query.And($"id = {query.Parameter(Entries.AdjustmentOf(id))}");
        return await AnyAsync(query, cancellationToken);
    }

    /// <inheritdoc cref="ILedger.HasAsync"/>
    public async Task<bool> HasAsync(string tenant, Guid id, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery();
        query.And($"id = {query.Parameter(id)}");
        query.And($"tenant = {query.Parameter(tenant)}");
        return await AnyAsync(query, cancellationToken);
    }

    private async Task<bool> AnyAsync(LedgerQuery query, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(
            connection => query.ReadAsync(
                connection, $"SELECT EXISTS (SELECT 1 FROM ledger WHERE {query.Conditions})", row => row.GetBoolean(0), cancellationToken),
            cancellationToken);
        return found[0];
    }

    /// <inheritdoc cref="ILedger.TotalsAsync(LedgerFilter, UsageGroups, CancellationToken)"/>
    public async ValueTask<IReadOnlyList<UsageTotal>> TotalsAsync(LedgerFilter filter, UsageGroups groups, CancellationToken cancellationToken) =>
        (await TotalsAsync([new UsageQuestion(filter, groups)], cancellationToken))[0];

    /// <inheritdoc cref="ILedger.TotalsAsync(IReadOnlyList{UsageQuestion}, CancellationToken)"/>
    public async ValueTask<IReadOnlyList<IReadOnlyList<UsageTotal>>> TotalsAsync(
        IReadOnlyList<UsageQuestion> questions, CancellationToken cancellationToken) => await database.ReadAsync(
        async connection =>
        {
            await using var state = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var answers = new List<IReadOnlyList<UsageTotal>>(questions.Count);
            foreach (var question in questions)
                answers.Add(await LedgerTotals.ReadAsync(connection, question, cancellationToken));
            return answers;
        },
        cancellationToken);

    /// <inheritdoc cref="ILedger.RollUpAsync"/>
    public async ValueTask<RollUpStep> RollUpAsync(int most, CancellationToken cancellationToken) =>
        await _backfill.StepAsync(most, database.CacheSaved, cancellationToken);

    /// <inheritdoc cref="ILedger.NewestAsync"/>
    public async ValueTask<CallPage> NewestAsync(CallFilter filter, string? after, int most, CancellationToken cancellationToken) =>
        await new NewestCalls(database).ReadAsync(filter, after, most, cancellationToken);

    /// <summary>
    /// Entries in settling order, page by page: memory does not grow with their number, and a slow reader holds nothing in the database. What is booked
    /// while the stream is read may be missed.
    /// </summary>
    public async IAsyncEnumerable<LedgerEntry> StreamAsync(LedgerFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PlacedEntry? last = null;
        while (true)
        {
            var query = LedgerQuery.Of(filter);
            if (last is var (entry, place))
                query.And($"({Order}) > ({query.Parameter(entry.SettledAt)}, {query.Parameter(place.Generation)}, {query.Parameter(place.Sequence)}, {query.Parameter(entry.Id)})");
            var page = await PageAsync(query, Order, cancellationToken);
            foreach (var row in page)
                yield return row.Entry;
            if (page.Count < PageSize)
                yield break;
            last = page[^1];
        }
    }

    /// <summary>Which of these tenants the ledger has any entry of.</summary>
    public async Task<IReadOnlySet<string>> TenantsWithEntriesAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken)
    {
        // Ordered as an index is, so that one look into each partition's answers; by the planner's guess it might rather read the ledger.
        var query = new LedgerQuery();
        var found = await database.ReadAsync(
            connection => query.ReadAsync(
                connection,
                $"""
                SELECT asked.tenant FROM unnest({query.Parameter(tenants.ToArray())}) AS asked (tenant)
                CROSS JOIN LATERAL (SELECT started_at FROM ledger WHERE ledger.tenant = asked.tenant ORDER BY started_at LIMIT 1) AS any_of_it
                """,
                row => row.GetString(0),
                cancellationToken),
            cancellationToken);
        return found.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>These tenants' entries with a place above <paramref name="after"/> up to <paramref name="upTo"/>, by tenant and place; page by page.</summary>
    public async IAsyncEnumerable<PlacedEntry> EntriesAsync(
        IReadOnlyCollection<string> tenants, Place after, Place upTo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PlacedEntry? last = null;
        while (true)
        {
            var query = new LedgerQuery();
            query.And($"tenant = ANY ({query.Parameter(tenants.ToArray())})").And($"(generation, sequence) <= {query.Parameter(upTo)}");
            query.And($"(generation, sequence) > {query.Parameter(after)}");
            if (last is var (entry, place))
            {
                query.And(
                    $"(tenant, generation, sequence, id) > ({query.Parameter(entry.Tenant)}, {query.Parameter(place.Generation)}, {query.Parameter(place.Sequence)}, {query.Parameter(entry.Id)})");
            }

            var page = await PageAsync(query, "tenant, generation, sequence, id", cancellationToken);
            foreach (var row in page)
                yield return row;
            if (page.Count < PageSize)
                yield break;
            last = page[^1];
        }
    }

    /// <summary>What the ledger says that a budget has spent in the slots that count at <paramref name="now"/>.</summary>
    /// <param name="upTo">The last place that is summed; later entries are left out.</param>
    internal Task<LedgerSums> SumAsync(Budget budget, DateTimeOffset now, Place upTo, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => new BudgetSums(budget, now, upTo).ReadAsync(connection, cancellationToken), cancellationToken);

    /// <inheritdoc cref="ILedger.BookmarkAsync"/>
    public async ValueTask<string?> BookmarkAsync(string name, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery();
        var found = await database.ReadAsync(
            connection => query.ReadAsync(
                connection, $"SELECT value FROM bookmarks WHERE name = {query.Parameter(name)}", row => row.GetString(0), cancellationToken),
            cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    /// <inheritdoc cref="ILedger.MoveBookmarkAsync"/>
    public async ValueTask MoveBookmarkAsync(string name, string value, CancellationToken cancellationToken) => await ExecuteAsync(
        """
        INSERT INTO bookmarks (name, value, moved_at) VALUES ($1, $2, now())
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, moved_at = excluded.moved_at
        """,
        cancellationToken,
        new NpgsqlParameter<string> { TypedValue = name },
        new NpgsqlParameter<string> { TypedValue = value });

    /// <summary>
    /// Makes the partitions of this UTC month and the next where they are missing. To be called at the start and every hour; until then entries of a new
    /// month go to the default partition, which is slower and as true. A long reader of that one can be in the way; then the next call makes them.
    /// </summary>
    /// <returns>The names of those it made.</returns>
    public async Task<IReadOnlyList<string>> EnsurePartitionsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var month = new DateOnly(now.UtcDateTime.Year, now.UtcDateTime.Month, 1);
        var made = new List<string>();
        foreach (var first in (DateOnly[])[month, month.AddMonths(1)])
        {
            var query = new LedgerQuery();
            var names = await database.WriteAsync(
                connection => query.ReadAsync(connection, $"SELECT ledger_add_month({query.Parameter(first)})", row => row.TextOrNull(0), cancellationToken),
                cancellationToken);
            made.AddRange(names.OfType<string>());
        }

        return made;
    }

    /// <summary>Writes down the rows of a card, so that every entry's rate can be looked up; one whose id is there already is left as it is.</summary>
    public async Task PublishRatesAsync(RateCard card, CancellationToken cancellationToken) => await ExecuteAsync(
        """
        INSERT INTO rates (id, provider, model, effective_from, definition)
        SELECT id, provider, model, effective_from, definition::jsonb
        FROM unnest($1, $2, $3, $4, $5) AS card (id, provider, model, effective_from, definition) ON CONFLICT (id) DO NOTHING
        """,
        cancellationToken,
        Array(card, rate => rate.Id),
        Array(card, rate => rate.Provider.Name()),
        Array(card, rate => rate.Model),
        Array(card, rate => rate.EffectiveFrom.ToUniversalTime()),
        Array(card, RateDefinition.Json));

    private static NpgsqlParameter<T[]> Array<T>(RateCard card, Func<Rate, T> value) => new() { TypedValue = [.. card.Rates.Select(value)] };

    private Task<List<PlacedEntry>> PageAsync(LedgerQuery query, string order, CancellationToken cancellationToken) => database.ReadAsync(
        connection => query.ReadAsync(
            connection,
            $"SELECT {LedgerRows.Columns} FROM ledger WHERE {query.Conditions} ORDER BY {order} LIMIT {PageSize}",
            LedgerRows.Read,
            cancellationToken),
        cancellationToken);

    private Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) => database.WriteAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.AddRange(parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);
}
