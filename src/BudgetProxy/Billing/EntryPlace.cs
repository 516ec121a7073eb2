namespace BudgetProxy.Billing;

/// <summary>Where an entry stands in the settling order of its tenant.</summary>
/// <param name="At">When it was settled, Unix milliseconds.</param>
/// <param name="Generation">Which life of the counters it was booked in; 0 in the embedded store.</param>
/// <param name="Sequence">Which step of it, or of the whole ledger.</param>
/// <param name="Id">Decides between entries of one step; empty in the embedded store.</param>
public readonly record struct EntryPlace(long At, long Generation, long Sequence, Guid Id) : IComparable<EntryPlace>
{
    public static bool operator <(EntryPlace left, EntryPlace right) => left.CompareTo(right) < 0;

    public static bool operator >(EntryPlace left, EntryPlace right) => left.CompareTo(right) > 0;

    public static bool operator <=(EntryPlace left, EntryPlace right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EntryPlace left, EntryPlace right) => left.CompareTo(right) >= 0;

    public int CompareTo(EntryPlace other)
    {
        if (At != other.At)
            return At.CompareTo(other.At);
        if (Generation != other.Generation)
            return Generation.CompareTo(other.Generation);
        return Sequence != other.Sequence ? Sequence.CompareTo(other.Sequence) : Id.CompareTo(other.Id);
    }
}
