namespace BudgetProxy.Embedded;

/// <summary>One hold of an open reservation: where it is held, and how much.</summary>
internal readonly record struct SlotHold(Slot Slot, long Amount)
{
    public void Hold()
    {
        Slot.Held += Amount;
        Slot.Open++;
    }

    public void Release()
    {
        Slot.Held -= Amount;
        Slot.Open--;
    }
}
