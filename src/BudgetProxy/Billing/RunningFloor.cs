namespace BudgetProxy.Billing;

/// <summary>
/// Whole micro-dollars of slices of nano-dollars, so that nothing is lost to rounding: the sum of the values is at every moment the floor of the exact sum,
/// hence less than one micro-dollar below it, however the sum was sliced. Each value is the difference of two floors (towards −∞).
/// </summary>
internal static class RunningFloor
{
    private const long NanosPerMicro = 1_000;

    /// <summary>The micro-dollars of one slice.</summary>
    /// <param name="before">Nano-dollars of all slices before it.</param>
    /// <param name="amount">Its own; any sign.</param>
    /// <exception cref="OverflowException">There is no room for the sum.</exception>
    public static long Value(long before, long amount) => Floor(checked(before + amount)) - Floor(before);

    public static long Floor(long nanos) => Math.DivRem(nanos, NanosPerMicro, out var rest) - (rest < 0 ? 1 : 0);
}
