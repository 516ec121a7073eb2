using BudgetProxy.Reservations;

namespace BudgetProxy.Checks;

/// <summary>
/// Keeps what is to become of reservations of code that calls its provider itself, durably and for all proxies: who moves a row first decides it. What a
/// method writes is on disk when it returns. All may throw <see cref="StoreUnavailableException"/>: whether the step took effect is then not known.
/// </summary>
public interface IDirectReservationStore
{
    /// <summary>Writes one down, unless the tenant has one under the same repeat key.</summary>
    /// <returns>The one that is there: this, or that of the first request.</returns>
    ValueTask<DirectReservation> AddAsync(DirectReservation reservation, CancellationToken cancellationToken);

    /// <summary>The tenant's reservation; null = it has none of this id.</summary>
    ValueTask<DirectReservation?> FindAsync(string tenant, Guid id, CancellationToken cancellationToken);

    /// <summary>Moves a reservation on, if it is where it is thought to be.</summary>
    /// <param name="answer">What its client is answered; null = as it was.</param>
    /// <param name="settlement">How it is settled; null = as it was.</param>
    /// <returns>False = it is elsewhere, or gone; nothing was written.</returns>
    ValueTask<bool> MoveAsync(
        Guid id, DirectState from, DirectState to, string? answer, DirectSettlement? settlement, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Forgets one that is in this state.</summary>
    ValueTask RemoveAsync(Guid id, DirectState state, CancellationToken cancellationToken);

    /// <summary>Those that somebody began to settle, to void or to ask for and left so, the oldest first.</summary>
    /// <param name="before">Moved last before this.</param>
    /// <param name="askedBefore">The same for those that were asked for and not answered.</param>
    ValueTask<IReadOnlyList<DirectReservation>> UnfinishedAsync(DateTimeOffset before, DateTimeOffset askedBefore, int most, CancellationToken cancellationToken);

    /// <summary>Forgets those whose time was over before this, but for what somebody is still to finish.</summary>
    ValueTask ForgetAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken);
}
