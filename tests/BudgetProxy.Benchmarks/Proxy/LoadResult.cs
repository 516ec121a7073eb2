namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>What one run of the load generator saw.</summary>
/// <param name="CallsPerSecond">In the measured time.</param>
/// <param name="P50">Microseconds.</param>
/// <param name="P99">Microseconds.</param>
/// <param name="AllCalls">With those of the warm-up.</param>
/// <param name="Error">The first failure; null = every answer was a whole 200.</param>
internal sealed record LoadResult(double CallsPerSecond, int P50, int P99, long AllCalls, string? Error);
