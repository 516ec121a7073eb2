using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Reservations;

/// <summary>
/// The counters' seam: reserve, settle, void, expire, read. The store's own clock decides windows; a call is booked in the windows it was
/// reserved in. Every method may throw <see cref="StoreUnavailableException"/> and nothing else but cancellation and what it names itself.
/// </summary>
public interface IReservationStore
{
    /// <summary>Takes all holds or none in one atomic step. A repeat with the same id answers as the first did.</summary>
    ValueTask<ReserveOutcome> ReserveAsync(Reservation reservation, CancellationToken cancellationToken);

    /// <summary>
    /// Completes once the step that answered with this <see cref="ReserveOutcome.Commit"/> would survive a loss of power too. A grant survives
    /// the end of the process when it returns; waiting for the disk can go on while the call is forwarded, up to the answer's first byte.
    /// </summary>
    ValueTask DurableAsync(long commit);

    /// <summary>
    /// Takes note, on local disk, of a call that goes to the provider although the counters can't be reached: holds nothing, and is booked above all
    /// limits once they can. Durable when it returns. Only a store whose counters are elsewhere can.
    /// </summary>
    ValueTask SpoolAsync(Reservation reservation, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the reservation by what was used and appends exactly one ledger entry in the same atomic step. Never refused: an overrun is
    /// booked above the limit and flagged. A standing reservation ends so as a whole, or in parts, and not in both ways; its entry is then in the
    /// ledger itself when this returns, and one that could not be written must be settled again by whoever asked, with the same settlement.
    /// </summary>
    ValueTask<SettleOutcome> SettleAsync(string tenant, Guid id, Settlement settlement, CancellationToken cancellationToken);

    /// <summary>
    /// Ends lines of a standing reservation in one atomic step: their entries are appended and counted, and the reservation shrinks by what was reserved
    /// for them. So Spent + Held stays within every limit as far as no line costs more than was reserved for it; an overrun is booked all the same. What no
    /// part has ended is given back by <see cref="VoidAsync"/>, or charged as Presumed when the lifetime ends. A part that comes after that
    /// (<see cref="SettleOutcome.Adjusted"/>) books its lines and takes back what was presumed for them, so that in the end the ledger's sums are those of
    /// the lines. Must be repeated until it answers; durable when it returns.
    /// </summary>
    /// <remarks>Exact for budgets as they were at the reservation, also where they are counted anew. A budget that is made, or counts otherwise, while the
    /// reservation stands counts every line's entry exactly; but what it holds of the reservation is all that is left of it, at the reservation's own caller
    /// and model, as if it were one call.</remarks>
    /// <exception cref="ArgumentException">More than <see cref="PartSettlement.MostEntries"/> entries, one of another tenant, or another number of shares than
    /// the reservation has holds. Nothing was booked.</exception>
    ValueTask<SettleOutcome> SettlePartAsync(string tenant, Guid id, PartSettlement part, CancellationToken cancellationToken);

    /// <summary>Drops the reservation, or what parts have left of it: the provider can't have billed. Nothing is booked.</summary>
    ValueTask<SettleOutcome> VoidAsync(string tenant, Guid id, CancellationToken cancellationToken);

    /// <summary>Charges every reservation past its lifetime as Presumed; answers how many.</summary>
    ValueTask<int> ExpireAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The live counters of these budgets, one for each scope value seen in the present window (a budget without <c>per</c> always gives one).
    /// </summary>
    ValueTask<IReadOnlyList<BudgetState>> ReadAsync(IReadOnlyList<Budget> budgets, CancellationToken cancellationToken);

    /// <summary>
    /// What <see cref="ReserveAsync"/> would decide now for these holds, reserving nothing: a state for each hold, in order.
    /// </summary>
    ValueTask<IReadOnlyList<BudgetState>> PeekAsync(IReadOnlyList<Hold> holds, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the counters of a budget that is new or has changed its shape equal to the ledger: Σ of the present window's entries, by SET, and
    /// gives matching open reservations their holds. Called once when the definition is stored. Standing reservations get the holds of their lines again where
    /// the budget had them in the same shape; else all that is left of them is held at their own caller and model, as <see cref="SettlePartAsync"/> says.
    /// </summary>
    ValueTask SeedAsync(Budget budget, CancellationToken cancellationToken);

    /// <summary>
    /// The same for several budgets, each as if alone and no two of one name and tenant; much faster than one after the other. Where it fails, those of some budgets
    /// may have been made.
    /// </summary>
    /// <param name="begins">Told of each before anything is made of it; of several at the same time.</param>
    ValueTask SeedAsync(IReadOnlyList<Budget> budgets, Action<Budget> begins, CancellationToken cancellationToken);

    /// <summary>
    /// The counters' instant for a tenant, whole milliseconds: no call that is reserved has started after it. A reset is the millisecond after it; when
    /// <see cref="SeedAsync(Budget, CancellationToken)"/> returns for a budget that was reset then, every later call starts at that instant or later.
    /// </summary>
    ValueTask<DateTimeOffset> NowAsync(string tenant, CancellationToken cancellationToken);

    /// <summary>Drops the counters of a deleted budget. Called once when the deletion is stored.</summary>
    /// <param name="budget">Null = of all budgets of a deleted tenant.</param>
    ValueTask ForgetAsync(string tenant, string? budget, CancellationToken cancellationToken);

    /// <summary>
    /// Compares counters with the ledger, beside the calls' path and with bounded work: what one check did not reach comes first in the next. One
    /// check at a time.
    /// </summary>
    /// <returns>Σ |counter − ledger| in nano-dollars, calls and tokens; 0 = they agree.</returns>
    ValueTask<long> MeasureDriftAsync(CancellationToken cancellationToken);

    /// <summary>Completes where a call could be reserved now and would survive a loss of power; throws where not.</summary>
    ValueTask PingAsync(CancellationToken cancellationToken);
}
