namespace BudgetProxy.Embedded;

/// <summary>What is spent and held in one window of one counter, or in one slot of a rolling window.</summary>
internal sealed class Slot(BudgetCounters owner, string scope, long start, long? ends)
{
    public BudgetCounters Owner { get; } = owner;

    public string Scope { get; } = scope;

    /// <summary>Unix milliseconds; names the slot.</summary>
    public long Start { get; } = start;

    /// <summary>When it stops counting; null = never.</summary>
    public long? Ends { get; } = ends;

    public long Spent { get; set; }

    public long Held { get; set; }

    /// <summary>Open reservations that point here: while there are any the slot must stay the only one of its name.</summary>
    public int Open { get; set; }

    /// <summary>The part of <see cref="Spent"/> that this batch has not yet written.</summary>
    public long Unsaved { get; set; }

    public bool Queued { get; set; }
}
