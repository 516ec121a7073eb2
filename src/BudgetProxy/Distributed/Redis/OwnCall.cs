using BudgetProxy.Reservations;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// A call of this proxy whose reservation stands, or may stand, in the counters: kept until its end is in the outbox, so that counters which were
/// lost can be made again with it.
/// </summary>
internal sealed class OwnCall(Reservation reservation, byte[] text)
{
    private long _startedAt;

    public Reservation Reservation => reservation;

    /// <summary>The call as it stands in Redis.</summary>
    public byte[] Text => text;

    /// <summary>On the server's clock; by this proxy's while the answer to its reserve is not here.</summary>
    public DateTimeOffset StartedAt
    {
        get => Volatile.Read(ref _startedAt) is var known and not 0 ? DateTimeOffset.FromUnixTimeMilliseconds(known) : reservation.StartedAt;
        set => Volatile.Write(ref _startedAt, value.ToUnixTimeMilliseconds());
    }

    /// <summary>
    /// True once its reserve has failed, or may have: it is voided, and not carried over when counters are made again, since nothing that was asked of the
    /// old ones counts in the new.
    /// </summary>
    public bool IsDoubtful { get; set; }

    /// <summary>What the books keep of it.</summary>
    public ReservedCall Reserved => ReservedCall.Of(reservation, StartedAt);
}
