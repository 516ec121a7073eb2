namespace BudgetProxy.Hosting;

/// <summary>One series' value; for a histogram its sum and buckets. Written by any number of threads at once.</summary>
internal sealed class MetricCell
{
    private readonly long[] _buckets = new long[MetricSeries.Bounds.Length + 1];
    private long _value;

    public long Value => Volatile.Read(ref _value);

    public void Record(long value, bool isGauge, bool isHistogram)
    {
        if (isGauge)
            Volatile.Write(ref _value, value);
        else
            Interlocked.Add(ref _value, value);
        if (!isHistogram)
            return;
        var bucket = 0;
        while (bucket < MetricSeries.Bounds.Length && value > MetricSeries.Bounds[bucket])
            bucket++;
        Interlocked.Increment(ref _buckets[bucket]);
    }

    /// <summary>Values in the bucket with this index alone; the last one has no upper bound.</summary>
    public long InBucket(int index) => Volatile.Read(ref _buckets[index]);
}
