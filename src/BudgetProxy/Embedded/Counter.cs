using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Embedded;

/// <summary>One counter of a budget: the slots that count now, oldest first.</summary>
internal sealed class Counter(BudgetCounters owner, string scope)
{
    public string Scope { get; } = scope;

    public List<Slot> Slots { get; } = [];

    public DateTimeOffset LastUsed { get; private set; }

    public long Spent
    {
        get
        {
            long sum = 0;
            foreach (var slot in Slots)
                sum += slot.Spent;
            return sum;
        }
    }

    public long Held
    {
        get
        {
            long sum = 0;
            foreach (var slot in Slots)
                sum += slot.Held;
            return sum;
        }
    }

    public bool IsOpen
    {
        get
        {
            foreach (var slot in Slots)
            {
                if (slot.Open > 0)
                    return true;
            }

            return false;
        }
    }

    /// <summary>The slot for amounts of now, after slots that no longer count are let go.</summary>
    public Slot Current(DateTimeOffset now)
    {
        LastUsed = now;
        var at = now.ToUnixTimeMilliseconds();
        while (Slots.Count > 0 && Slots[0].Ends <= at)
            Slots.RemoveAt(0);
        var place = owner.SlotAt(now);
        var start = place.Start.ToUnixTimeMilliseconds();
        if (Slots.Count == 0 || Slots[^1].Start != start)
            Slots.Add(new Slot(owner, Scope, start, place.Ends?.ToUnixTimeMilliseconds()));
        return Slots[^1];
    }

    /// <summary>What it may come to at this instant.</summary>
    /// <param name="budget">As the call carries it: of the same shape, and perhaps another limit.</param>
    public long LimitOf(Budget budget, DateTimeOffset now) => budget.LimitIn(Scope, owner.SlotAt(now));

    /// <summary>When room comes back: the end of the oldest slot that has any amount; for calendar windows the window's end.</summary>
    public DateTimeOffset? ResetsAt()
    {
        if (owner.Definition.Window.Kind != WindowKind.Rolling)
            return AsTime(Slots.Count == 0 ? null : Slots[^1].Ends);
        foreach (var slot in Slots)
        {
            if (slot.Spent > 0 || slot.Held > 0)
                return AsTime(slot.Ends);
        }

        return null;
    }

    private static DateTimeOffset? AsTime(long? milliseconds) =>
        milliseconds is { } present ? DateTimeOffset.FromUnixTimeMilliseconds(present) : null;
}
