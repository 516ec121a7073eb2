namespace BudgetProxy.Embedded;

/// <summary>
/// One of the holds that a standing reservation was made with. Named by its budget's shape, so that it is found again whenever that is counted anew.
/// </summary>
internal sealed class StandingShare
{
    public required (string Tenant, string Budget, string Shape) Key { get; init; }

    public required string Scope { get; init; }

    /// <summary>Unix milliseconds; names the slot.</summary>
    public required long Start { get; init; }

    /// <summary>When the slot stops counting; null = never.</summary>
    public required long? Ends { get; init; }

    /// <summary>What is left of it.</summary>
    public required long Amount { get; set; }

    /// <summary>True where the reservation itself counts, as one call: what is presumed of it is spent here.</summary>
    public required bool Own { get; init; }

    /// <summary>Where it is held; null = its shape is not counted.</summary>
    public Slot? Slot { get; set; }

    public void Hold()
    {
        if (Slot is { } slot)
            new SlotHold(slot, Amount).Hold();
    }

    public void Release()
    {
        if (Slot is { } slot)
            new SlotHold(slot, Amount).Release();
    }
}
