using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Ledger;

/// <summary>The ledger's seam: append, totals, stream. Entries of calls are appended by the reservation store in the settling step itself.</summary>
public interface ILedger
{
    /// <summary>Books entries that no reservation stands behind; an id that is already there is left as it is. Durable when it returns.</summary>
    /// <param name="budgets">The budgets of the entries' tenants: those that match count the entry, in the window in which it started.</param>
    /// <returns>Ids of those that were not there before.</returns>
    ValueTask<IReadOnlyCollection<Guid>> AppendAsync(IReadOnlyList<LedgerEntry> entries, IReadOnlyList<Budget> budgets, CancellationToken cancellationToken);

    /// <summary>Sums by group, ordered by the group keys.</summary>
    ValueTask<IReadOnlyList<UsageTotal>> TotalsAsync(LedgerFilter filter, UsageGroups groups, CancellationToken cancellationToken);

    /// <summary>Several sums of one state of the ledger: what is booked meanwhile is in all of them or in none.</summary>
    /// <returns>For each question, in order, what <see cref="TotalsAsync(LedgerFilter, UsageGroups, CancellationToken)"/> gives.</returns>
    ValueTask<IReadOnlyList<IReadOnlyList<UsageTotal>>> TotalsAsync(IReadOnlyList<UsageQuestion> questions, CancellationToken cancellationToken);

    /// <summary>
    /// Adds entries that follow to the sums that totals are read from, where the store does not do it as they are booked. Totals are the same before and after,
    /// but for what caching saved.
    /// </summary>
    /// <param name="most">Entries of this step at most.</param>
    ValueTask<RollUpStep> RollUpAsync(int most, CancellationToken cancellationToken);

    /// <summary>Entries from the newest backwards, a bounded number looked at.</summary>
    /// <param name="after">The <see cref="CallPage.Next"/> of the page before; null = from the newest.</param>
    /// <param name="most">Entries in the page, 1 to 1,000.</param>
    /// <exception cref="FormatException"><paramref name="after"/> is none of this ledger's.</exception>
    ValueTask<CallPage> NewestAsync(CallFilter filter, string? after, int most, CancellationToken cancellationToken);

    /// <summary>Entries in settling order, streamed: memory does not grow with their number.</summary>
    IAsyncEnumerable<LedgerEntry> StreamAsync(LedgerFilter filter, CancellationToken cancellationToken);

    /// <summary>Brings into the ledger what was booked of these tenants and is still on its way there.</summary>
    /// <param name="tenants">Null = of all.</param>
    /// <exception cref="Reservations.StoreUnavailableException">Something may be left that can't be seen now.</exception>
    ValueTask ArriveAsync(IEnumerable<string>? tenants, CancellationToken cancellationToken);

    /// <summary>True where the tenant's books hold an entry of this id, one that was only just booked too.</summary>
    ValueTask<bool> HasAsync(string tenant, Guid id, CancellationToken cancellationToken);

    /// <summary>All entries that correct one of these, in settling order.</summary>
    /// <param name="ids">Some hundreds at most.</param>
    ValueTask<IReadOnlyList<LedgerEntry>> CorrectionsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>How far a reader of the ledger has come, in its own words; null = it has not begun.</summary>
    ValueTask<string?> BookmarkAsync(string name, CancellationToken cancellationToken);

    /// <summary>Durable when it returns.</summary>
    ValueTask MoveBookmarkAsync(string name, string value, CancellationToken cancellationToken);
}
