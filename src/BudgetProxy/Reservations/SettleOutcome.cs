namespace BudgetProxy.Reservations;

/// <summary>What a settle or void found: the first wins, a repeat changes nothing and says so.</summary>
public enum SettleOutcome
{
    /// <summary>The reservation was open and is now resolved.</summary>
    Resolved,

    /// <summary>It had been settled or voided before; nothing changed.</summary>
    AlreadyResolved,

    /// <summary>It had expired and was charged as Presumed; the difference was booked as an adjusting entry.</summary>
    Adjusted,

    /// <summary>The tenant has no such reservation; for a part: no such standing one.</summary>
    Unknown,

    /// <summary>The counters can't be reached: it is on local disk, and is booked once they can.</summary>
    Spooled,

    /// <summary>An earlier part of the standing reservation is still missing: nothing was booked.</summary>
    OutOfOrder,
}
