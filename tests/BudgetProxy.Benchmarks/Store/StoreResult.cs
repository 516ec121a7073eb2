namespace BudgetProxy.Benchmarks.Store;

/// <summary>What one run saw.</summary>
/// <param name="Pairs">Reserves that were settled.</param>
/// <param name="P50">Of reserves, in microseconds.</param>
/// <param name="P99">Of reserves, in microseconds.</param>
internal readonly record struct StoreResult(long Pairs, double PairsPerSecond, double P50, double P99)
{
    /// <summary>A pair is two: its reserve and its settle.</summary>
    public long Steps => 2 * Pairs;

    public double StepsPerSecond => 2 * PairsPerSecond;
}
