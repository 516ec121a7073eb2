using System.Globalization;
using BudgetProxy.Ledger;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Reads the ledger from the newest entry backwards, page by page.</summary>
internal sealed class NewestCalls(PostgresDatabase database)
{
    /// <summary>Entries that one page looks at: what a filter passes over is bounded too.</summary>
    private const int MostSeen = 20_000;

    private const string Order = "settled_at DESC, generation DESC, sequence DESC, id DESC";

    /// <exception cref="FormatException">The cursor is not one of these.</exception>
    public Task<CallPage> ReadAsync(CallFilter filter, string? after, int most, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery();
        if (filter.Tenant is { } tenant)
            query.And($"tenant = {query.Parameter(LedgerTexts.Clean(tenant))}");
        if (after is not null)
            query.And($"(settled_at, generation, sequence, id) < {Cursor(query, after)}");
        var seen = $"FROM ledger WHERE {query.Conditions} ORDER BY {Order} LIMIT {MostSeen}";
        var wanted = new List<string> { "TRUE" };
        if (filter.User is { } user)
            wanted.Add($"\"user\" = {query.Parameter(LedgerTexts.Clean(user))}");
        if (filter.Model is { } model)
            wanted.Add($"model = {query.Parameter(LedgerTexts.Clean(model))}");
        if (filter.Status is { } status)
            wanted.Add($"status = {query.Parameter(status)}");
        return database.ReadAsync(
            async connection =>
            {
                // Without a filter the look needs to go no further than the page; with one it is bounded.
                var from = wanted.Count == 1 ? $"FROM ledger WHERE {query.Conditions}" : $"FROM (SELECT {LedgerRows.Columns} {seen}) AS seen WHERE {string.Join(" AND ", wanted)}";
                var found = await query.ReadAsync(
                    connection, $"SELECT {LedgerRows.Columns} {from} ORDER BY {Order} LIMIT {most + 1}", LedgerRows.Read, cancellationToken);
                var page = found.Take(most).Select(row => row.Entry).ToList();
                if (found.Count > most)
                    return new CallPage(page, Cursor(found[most - 1]));
                if (wanted.Count == 1)
                    return new CallPage(page, null);
                var end = await query.ReadAsync(
                    connection, $"SELECT {LedgerRows.Columns} FROM (SELECT {LedgerRows.Columns} {seen}) AS seen ORDER BY {Order} LIMIT 1 OFFSET {MostSeen - 1}",
                    LedgerRows.Read, cancellationToken);
                return new CallPage(page, end.Count == 0 ? null : Cursor(end[0]));
            },
            cancellationToken);
    }

    private static string Cursor(PlacedEntry row) => string.Create(
        CultureInfo.InvariantCulture, $"{row.Entry.SettledAt.ToUnixTimeMilliseconds()}.{row.Place.Generation}.{row.Place.Sequence}.{row.Entry.Id:N}");

    private static string Cursor(LedgerQuery query, string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4 && Number(parts[0]) is { } settled && Number(parts[1]) is { } generation && Number(parts[2]) is { } sequence
            && Guid.TryParseExact(parts[3], "N", out var id)
                ? $"({query.Parameter(Instants.Of(settled))}, {query.Parameter(generation)}, {query.Parameter(sequence)}, {query.Parameter(id)})"
                : throw new FormatException("That is no place in this list.");
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
