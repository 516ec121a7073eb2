using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Invoices;
using Npgsql;
using NpgsqlTypes;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Imported invoices in the database that all proxies share.</summary>
public sealed class PostgresInvoiceStore(PostgresDatabase database) : IInvoiceStore
{
    private const string Columns = "id, provider, imported_at, imported_by, from_day, to_day, rows, cost";

    public async ValueTask<(Invoice Kept, bool IsNew)> AddAsync(Invoice invoice, IReadOnlyList<InvoiceLine> lines, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var added = await connection.RunAsync(
                    $"INSERT INTO invoices ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
                    cancellationToken, invoice.Id, invoice.Provider.Name(), invoice.ImportedAt.ToUnixTimeMilliseconds(), invoice.ImportedBy,
                    InvoiceDays.Milliseconds(invoice.From), InvoiceDays.Milliseconds(invoice.To), invoice.Rows, invoice.Cost.Value);
                if (added == 0)
                    return ((await FindAsync(connection, invoice.Id, cancellationToken))!, false);
                await connection.RunAsync(
                    "INSERT INTO invoice_lines (invoice, day, item, cost) SELECT $1, day, item, cost FROM unnest($2, $3, $4) AS line (day, item, cost)",
                    cancellationToken, invoice.Id, lines.Select(line => InvoiceDays.Milliseconds(line.Day)).ToArray(), lines.Select(line => line.Item).ToArray(),
                    lines.Select(line => line.Cost.Value).ToArray());
                await transaction.CommitAsync(cancellationToken);
                return (invoice, true);
            },
            cancellationToken);

    public async ValueTask<IReadOnlyList<Invoice>> ListAsync(Provider? provider, CancellationToken cancellationToken) => await database.ReadAsync(
        connection => connection.RowsAsync(
            $"SELECT {Columns} FROM invoices WHERE $1 IS NULL OR provider = $1 ORDER BY imported_at DESC, id COLLATE \"C\" DESC", Read, cancellationToken,
            new NpgsqlParameter { Value = (object?)provider?.Name() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }),
        cancellationToken);

    public async ValueTask<Invoice?> FindAsync(string id, CancellationToken cancellationToken) =>
        await database.ReadAsync(connection => FindAsync(connection, id, cancellationToken), cancellationToken);

    public async ValueTask<IReadOnlyList<InvoiceLine>> LinesAsync(string id, DateOnly from, DateOnly to, CancellationToken cancellationToken) => await database.ReadAsync(
        connection => connection.RowsAsync(
            "SELECT day, item, cost FROM invoice_lines WHERE invoice = $1 AND day BETWEEN $2 AND $3 ORDER BY day, item COLLATE \"C\"",
            row => new InvoiceLine(InvoiceDays.Of(row.GetInt64(0)), row.GetString(1), new NanoUsd(row.GetInt64(2))),
            cancellationToken, id, InvoiceDays.Milliseconds(from), InvoiceDays.Milliseconds(to)),
        cancellationToken);

    public async ValueTask<bool> RemoveAsync(string id, CancellationToken cancellationToken) =>
        await database.WriteAsync(connection => connection.RunAsync("DELETE FROM invoices WHERE id = $1", cancellationToken, id), cancellationToken) > 0;

    private static async Task<Invoice?> FindAsync(NpgsqlConnection connection, string id, CancellationToken cancellationToken) =>
        (await connection.RowsAsync($"SELECT {Columns} FROM invoices WHERE id = $1", Read, cancellationToken, id)).FirstOrDefault();

    private static Invoice Read(NpgsqlDataReader row) => new(
        row.GetString(0), ProviderNames.TryParse(row.GetString(1), out var provider) ? provider : throw new FormatException("The provider of a stored invoice."),
        Instants.Of(row.GetInt64(2)), row.GetString(3), InvoiceDays.Of(row.GetInt64(4)), InvoiceDays.Of(row.GetInt64(5)), row.GetInt64(6), new NanoUsd(row.GetInt64(7)));
}
