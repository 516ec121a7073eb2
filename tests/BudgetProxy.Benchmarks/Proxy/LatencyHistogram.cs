namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>Counts of calls by whole microseconds up to one second; longer ones count there. Safe for several writers.</summary>
internal sealed class LatencyHistogram
{
    private const int Longest = 1_000_000;

    private readonly int[] _counts = new int[Longest + 1];

    public void Add(TimeSpan latency) => Interlocked.Increment(ref _counts[(int)Math.Clamp(latency.TotalMicroseconds, 0, Longest)]);

    public long Count() => _counts.Sum(count => (long)count);

    /// <summary>Microseconds that <paramref name="percent"/> of the calls did not exceed.</summary>
    public int Percentile(double percent)
    {
        var rank = (long)Math.Ceiling(Count() * percent / 100);
        var seen = 0L;
        for (var micros = 0; micros <= Longest; micros++)
        {
            seen += _counts[micros];
            if (seen >= rank && seen > 0)
                return micros;
        }

        return 0;
    }
}
