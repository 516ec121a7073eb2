using BudgetProxy.Core.Learning;
using BudgetProxy.Reservations;

namespace BudgetProxy.Learning;

/// <summary>
/// Keeps what was learned, of all proxies together. It is the sum of what they add; a row of another version of this program, or a damaged one, counts as
/// none and is written over.
/// </summary>
public interface ILearningStore
{
    /// <summary>Adds what calls taught, all of it or nothing. Where the answer is lost it may have been added: those calls then count twice, which costs little.</summary>
    /// <param name="parts">At most one for each key. Those of tenants that don't exist are left out.</param>
    /// <exception cref="StoreUnavailableException">It was not added, or the answer was lost.</exception>
    ValueTask AddAsync(IReadOnlyList<(LearnedKey Key, LearnedPart Part)> parts, CancellationToken cancellationToken);

    /// <summary>The rows above this version, latest first.</summary>
    /// <param name="most">How many at most, at least 1.</param>
    /// <exception cref="StoreUnavailableException">They can't be read.</exception>
    ValueTask<IReadOnlyList<LearnedRow>> ReadAsync(long version, int most, CancellationToken cancellationToken);
}
