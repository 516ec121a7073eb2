using BudgetProxy.Reservations;

namespace BudgetProxy.Audit;

/// <summary>
/// The audit trail's seam, for changes that are not the directory's: those are stored with the change itself. Durable when a method returns. Every method may
/// throw <see cref="StoreUnavailableException"/> and nothing else but cancellation.
/// </summary>
public interface IAuditStore
{
    ValueTask AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken);

    /// <summary>The newest entries that the filter takes, newest first.</summary>
    /// <param name="most">At least 1.</param>
    ValueTask<IReadOnlyList<AuditEntry>> ReadAsync(AuditFilter filter, int most, CancellationToken cancellationToken);
}
