namespace BudgetProxy.Hosting;

/// <summary>One series' value. Written by any number of threads at once.</summary>
internal sealed class MetricCell
{
    private long _value;

    public long Value => Volatile.Read(ref _value);

    /// <param name="isWhole">True where it replaces the value, false where it adds to it.</param>
    public void Record(long value, bool isWhole)
    {
        if (isWhole)
            Volatile.Write(ref _value, value);
        else
            Interlocked.Add(ref _value, value);
    }
}
