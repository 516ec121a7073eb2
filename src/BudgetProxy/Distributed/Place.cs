namespace BudgetProxy.Distributed;

/// <summary>Where an entry stands in its tenant's history of counters. Places are compared by generation first.</summary>
/// <param name="Generation">Which life of the counters: it grows each time they are made anew.</param>
/// <param name="Sequence">The step within that life.</param>
public readonly record struct Place(long Generation, long Sequence) : IComparable<Place>
{
    /// <summary>Before every entry.</summary>
    public static readonly Place First = new(long.MinValue, long.MinValue);

    /// <summary>After every entry.</summary>
    public static readonly Place Last = new(long.MaxValue, long.MaxValue);

    public static bool operator <(Place left, Place right) => left.CompareTo(right) < 0;

    public static bool operator >(Place left, Place right) => left.CompareTo(right) > 0;

    public static bool operator <=(Place left, Place right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Place left, Place right) => left.CompareTo(right) >= 0;

    public int CompareTo(Place other) =>
        Generation != other.Generation ? Generation.CompareTo(other.Generation) : Sequence.CompareTo(other.Sequence);
}
