using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Embedded;

/// <summary>All counters of one budget in one shape that are in memory, one for each scope value.</summary>
internal sealed class BudgetCounters(long shapeId, LimitKind kind, (string Tenant, string Budget, string Shape) key)
{
    private Budget? _definition;
    private WindowSlot? _slot;

    public long ShapeId { get; } = shapeId;

    public LimitKind Kind { get; } = kind;

    public (string Tenant, string Budget, string Shape) Key { get; } = key;

    public bool IsDefined => _definition is not null;

    /// <summary>
    /// A definition of this shape; its limit and mode may be old. Not known while only reservations found at start have named the shape.
    /// </summary>
    public Budget Definition
    {
        get => _definition ?? throw new InvalidOperationException("No call has named this budget yet.");
        set => _definition = value;
    }

    public Dictionary<string, Counter> Scopes { get; } = new(StringComparer.Ordinal);

    /// <summary>Set when another shape has taken its place: nothing more is written for it.</summary>
    public bool Dropped { get; set; }

    /// <summary>The slot of the present instant; instants never go backwards.</summary>
    public WindowSlot SlotAt(DateTimeOffset now)
    {
        if (_slot is { } slot && (slot.Next is not { } next || now < next))
            return slot;
        slot = Definition.Window.SlotAt(now);
        _slot = slot;
        return slot;
    }

    /// <summary>What is spent in slots that count at this instant, in Unix milliseconds.</summary>
    public CountedBudget Count(long at)
    {
        var slots = new List<(string Scope, long Slot, long Spent)>();
        foreach (var counter in Scopes.Values)
        {
            foreach (var slot in counter.Slots)
            {
                if (slot.Ends is null || slot.Ends > at)
                    slots.Add((counter.Scope, slot.Start, slot.Spent));
            }
        }

        return new CountedBudget(ShapeId, Definition, slots);
    }
}
