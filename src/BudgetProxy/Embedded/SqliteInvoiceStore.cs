using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Invoices;
using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>Imported invoices in the embedded database. Each step takes a connection of its own and is on disk when it returns.</summary>
public sealed class SqliteInvoiceStore(EmbeddedDatabase database) : IInvoiceStore
{
    private const string Columns = "id, provider, imported_at, imported_by, from_day, to_day, rows, cost";

    public ValueTask<(Invoice Kept, bool IsNew)> AddAsync(Invoice invoice, IReadOnlyList<InvoiceLine> lines, CancellationToken cancellationToken) => Run(
        connection =>
        {
            using var transaction = connection.BeginTransaction();
            if (Find(connection, invoice.Id) is { } kept)
                return (kept, false);
            connection.Run(
                $"INSERT INTO invoices ({Columns}) VALUES ($id, $provider, $at, $by, $from, $to, $rows, $cost)",
                ("$id", invoice.Id), ("$provider", invoice.Provider.Name()), ("$at", invoice.ImportedAt.ToUnixTimeMilliseconds()), ("$by", invoice.ImportedBy),
                ("$from", InvoiceDays.Milliseconds(invoice.From)), ("$to", InvoiceDays.Milliseconds(invoice.To)), ("$rows", invoice.Rows), ("$cost", invoice.Cost.Value));
            foreach (var line in lines)
            {
                connection.Run(
                    "INSERT INTO invoice_lines (invoice, day, item, cost) VALUES ($invoice, $day, $item, $cost)",
                    ("$invoice", invoice.Id), ("$day", InvoiceDays.Milliseconds(line.Day)), ("$item", line.Item), ("$cost", line.Cost.Value));
            }

            transaction.Commit();
            return (invoice, true);
        },
        cancellationToken);

    public ValueTask<IReadOnlyList<Invoice>> ListAsync(Provider? provider, CancellationToken cancellationToken) => Run(
        connection => (IReadOnlyList<Invoice>)connection.Query(
            $"SELECT {Columns} FROM invoices WHERE $provider IS NULL OR provider = $provider ORDER BY imported_at DESC, id DESC", Read, ("$provider", provider?.Name())),
        cancellationToken);

    public ValueTask<Invoice?> FindAsync(string id, CancellationToken cancellationToken) => Run(connection => Find(connection, id), cancellationToken);

    public ValueTask<IReadOnlyList<InvoiceLine>> LinesAsync(string id, DateOnly from, DateOnly to, CancellationToken cancellationToken) => Run(
        connection => (IReadOnlyList<InvoiceLine>)connection.Query(
            "SELECT day, item, cost FROM invoice_lines WHERE invoice = $id AND day BETWEEN $from AND $to ORDER BY day, item",
            row => new InvoiceLine(InvoiceDays.Of(row.GetInt64(0)), row.GetString(1), new NanoUsd(row.GetInt64(2))),
            ("$id", id), ("$from", InvoiceDays.Milliseconds(from)), ("$to", InvoiceDays.Milliseconds(to))),
        cancellationToken);

    public ValueTask<bool> RemoveAsync(string id, CancellationToken cancellationToken) => Run(
        connection =>
        {
            using var transaction = connection.BeginTransaction();
            var known = Find(connection, id) is not null;
            connection.Run("DELETE FROM invoice_lines WHERE invoice = $id; DELETE FROM invoices WHERE id = $id", ("$id", id));
            transaction.Commit();
            return known;
        },
        cancellationToken);

    private static Invoice? Find(SqliteConnection connection, string id) =>
        connection.Query($"SELECT {Columns} FROM invoices WHERE id = $id", Read, ("$id", id)).FirstOrDefault();

    private static Invoice Read(SqliteDataReader row) => new(
        row.GetString(0), ProviderNames.TryParse(row.GetString(1), out var provider) ? provider : throw new FormatException("The provider of a stored invoice."), row.Instant(2),
        row.GetString(3), InvoiceDays.Of(row.GetInt64(4)), InvoiceDays.Of(row.GetInt64(5)), row.GetInt64(6), new NanoUsd(row.GetInt64(7)));

    private ValueTask<T> Run<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = database.OpenConnection();
            return ValueTask.FromResult(work(connection));
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("Invoices could not be read or written.", e);
        }
    }
}
