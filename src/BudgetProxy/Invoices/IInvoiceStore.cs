using BudgetProxy.Core.Requests;
using BudgetProxy.Reservations;

namespace BudgetProxy.Invoices;

/// <summary>
/// Keeps imported invoices, durably and for all proxies. What a method writes is on disk when it returns. All may throw <see cref="StoreUnavailableException"/>:
/// whether the step took effect is then not known, and it may be repeated.
/// </summary>
public interface IInvoiceStore
{
    /// <summary>Keeps an invoice with all its lines, or neither; one that is there already stays as it is.</summary>
    /// <returns>The invoice as it is kept, and whether it is new.</returns>
    ValueTask<(Invoice Kept, bool IsNew)> AddAsync(Invoice invoice, IReadOnlyList<InvoiceLine> lines, CancellationToken cancellationToken);

    /// <summary>All, the one that was imported last first.</summary>
    /// <param name="provider">Null = any.</param>
    ValueTask<IReadOnlyList<Invoice>> ListAsync(Provider? provider, CancellationToken cancellationToken);

    /// <summary>Null = there is none.</summary>
    ValueTask<Invoice?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The lines of an invoice by day and item.</summary>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    ValueTask<IReadOnlyList<InvoiceLine>> LinesAsync(string id, DateOnly from, DateOnly to, CancellationToken cancellationToken);

    /// <returns>False = there is none.</returns>
    ValueTask<bool> RemoveAsync(string id, CancellationToken cancellationToken);
}
