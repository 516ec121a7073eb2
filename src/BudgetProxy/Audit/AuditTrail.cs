using BudgetProxy.Reservations;

namespace BudgetProxy.Audit;

/// <summary>Keeps who changed what. Changes of the directory are not written here: they carry their entries into its own transaction.</summary>
public sealed class AuditTrail(IAuditStore store, TimeProvider time)
{
    /// <summary>Writes down a change that was made elsewhere; durable when it returns.</summary>
    /// <param name="target">What was changed, as <see cref="AuditEntry.Target"/>.</param>
    /// <param name="what">Whose it is, null = no tenant's; and the definition before and after as JSON without any secret, null = there was or is none.</param>
    /// <exception cref="StoreUnavailableException">The entry could not be written; the change stands.</exception>
    public ValueTask AppendAsync(
        AuditActor by, string action, string target, (string? Tenant, string? Before, string? After) what, CancellationToken cancellationToken) =>
        store.AppendAsync([new AuditEntry(time.GetUtcNow(), by, action, target, what.Tenant, what.Before, what.After).Bounded()], cancellationToken);

    /// <summary>The newest entries that the filter takes, newest first.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public ValueTask<IReadOnlyList<AuditEntry>> ReadAsync(AuditFilter filter, int most, CancellationToken cancellationToken) =>
        store.ReadAsync(filter, most, cancellationToken);
}
