using BudgetProxy.Reservations;

namespace BudgetProxy.Rates;

/// <summary>
/// The rate table's seam: the rows that were added to the shipped ones. Durable when a method returns. Every method may throw
/// <see cref="StoreUnavailableException"/> and nothing else but cancellation, and <see cref="FormatException"/> where a row was written by a newer version.
/// </summary>
public interface IRateStore
{
    /// <summary>All added rows in the order of their sequence; null = the last one's sequence is <paramref name="version"/>, so that nothing has changed.</summary>
    /// <param name="version">The last sequence that the caller knows; -1 = none.</param>
    ValueTask<IReadOnlyList<RateRow>?> ReadAsync(long version, CancellationToken cancellationToken);

    /// <summary>Adds rows, all or none.</summary>
    /// <param name="rows">Their sequences follow <paramref name="version"/> one by one.</param>
    /// <param name="version">The last sequence that the rows were made for.</param>
    ValueTask<RateStoring> AddAsync(IReadOnlyList<RateRow> rows, long version, CancellationToken cancellationToken);

    /// <summary>Holds the right to re-rate, over all proxies, until the result is disposed; null = another holds it.</summary>
    ValueTask<IAsyncDisposable?> TryHoldAsync(CancellationToken cancellationToken);
}
