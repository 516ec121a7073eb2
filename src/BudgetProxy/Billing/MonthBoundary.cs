using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>How far a month's allowance went: up to which entry, in settling order, usage is free.</summary>
internal sealed class MonthBoundary
{
    /// <summary>Nothing is free.</summary>
    public static readonly MonthBoundary None = new();

    /// <summary>The allowance was not used up: all is free so far.</summary>
    public static readonly MonthBoundary All = new() { IsAll = true };

    private MonthBoundary()
    {
    }

    /// <param name="last">The last entry that is free, or free in part.</param>
    /// <param name="hour">The hour that it was settled in.</param>
    /// <param name="free">What is free of that hour's first entries.</param>
    /// <param name="split">What is free of the last one, in nano-dollars charged, and what it charged; null = it is free as a whole.</param>
    public MonthBoundary(EntryPlace last, DateTimeOffset hour, BilledAmounts free, (long Free, long Charged)? split) =>
        (Last, Hour, Free, Split) = (last, hour, free, split);

    private bool IsAll { get; init; }

    private EntryPlace Last { get; }

    private DateTimeOffset? Hour { get; }

    private BilledAmounts Free { get; }

    private (long Free, long Charged)? Split { get; }

    /// <summary>The one that leaves more free.</summary>
    public static MonthBoundary Further(MonthBoundary one, MonthBoundary other)
    {
        if (one.IsAll || other.IsAll)
            return All;
        if (one.Hour is null || other.Hour is null)
            return one.Hour is null ? other : one;
        if (one.Last != other.Last)
            return one.Last > other.Last ? one : other;
        return one.Split is null || (other.Split is { } split && one.Split.Value.Free > split.Free) ? one : other;
    }

    /// <summary>What is free of an hour's first entries.</summary>
    public BilledAmounts FreeOf(DateTimeOffset hour, BilledAmounts firsts)
    {
        if (IsAll || hour < Hour)
            return firsts;
        return hour == Hour ? Free : default;
    }

    /// <summary>What is free of a correction: as much as of the entry that it corrects, which is of this month.</summary>
    public BilledAmounts FreeOf(PlacedAmounts correction)
    {
        var whole = BilledAmounts.OfCorrection(correction);
        if (IsAll || (Hour is not null && correction.Place < Last))
            return whole;
        if (Hour is null || correction.Place != Last)
            return default;
        return Split is { } split ? PartOf(whole, split.Free, split.Charged) : whole;
    }

    /// <summary>
    /// The free part of an entry that is free in part: its money in the proportion of what it charged, half-even to the nano-dollar. A call can't be free in
    /// part, so it counts as billed with all its tokens.
    /// </summary>
    public static BilledAmounts PartOf(BilledAmounts whole, long free, long charged) => new(0, 0, Share(whole.Cost, free, charged), Share(whole.Charged, free, charged));

    private static long Share(long amount, long free, long charged) =>
        NanoUsd.TryFromRatio((Int128)amount * free, charged, Rounding.HalfEven, out var share) ? share.Value : throw new OverflowException("A share has no room in 64 bits.");
}
