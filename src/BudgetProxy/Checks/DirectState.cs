namespace BudgetProxy.Checks;

/// <summary>Where a reservation of code that calls its provider itself stands. Its name in the row is the lower-case one.</summary>
public enum DirectState
{
    /// <summary>Written down, and perhaps held: its client has no answer yet, so it can't settle it, and it is given back unless an answer follows.</summary>
    Asked,

    /// <summary>Held, and answered. Once its time is over it is charged, and can still be settled late.</summary>
    Held,

    /// <summary>How it is to be settled is written down; the books may not have it yet.</summary>
    Settling,

    Settled,

    /// <summary>It is to be given back; the books may hold it still.</summary>
    Voiding,

    Voided,
}
