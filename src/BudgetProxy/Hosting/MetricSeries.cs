using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace BudgetProxy.Hosting;

/// <summary>All values of one instrument, by its one label; the label's value is empty where it has none.</summary>
internal sealed class MetricSeries(Instrument instrument)
{
    /// <summary>Upper bounds of histogram buckets; a group commit seldom gathers more than the callers there are.</summary>
    public static readonly long[] Bounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

    /// <summary>Should a label ever be unbounded after all, the page stays bounded: what comes later is counted under <c>other</c>.</summary>
    private const int MaxLabelValues = 100;

    private readonly ConcurrentDictionary<string, MetricCell> _cells = new(StringComparer.Ordinal);

    public Instrument Instrument { get; } = instrument;

    /// <summary>The label's name; null while no value had one.</summary>
    public string? Label { get; private set; }

    public bool IsGauge { get; } = instrument is Gauge<long>;

    public bool IsHistogram { get; } = instrument is Histogram<long>;

    public IEnumerable<KeyValuePair<string, MetricCell>> Cells => _cells.OrderBy(cell => cell.Key, StringComparer.Ordinal);

    public void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var label = "";
        if (tags.Length > 0)
        {
            Label ??= tags[0].Key;
            label = tags[0].Value as string ?? "";
        }

        if (!_cells.TryGetValue(label, out var cell))
            cell = _cells.GetOrAdd(_cells.Count < MaxLabelValues ? label : "other", _ => new MetricCell());
        cell.Record(value, IsGauge, IsHistogram);
    }
}
