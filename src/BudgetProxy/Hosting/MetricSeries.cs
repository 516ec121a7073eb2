using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace BudgetProxy.Hosting;

/// <summary>All values of one instrument, by its one label; the label's value is empty where it has none.</summary>
internal sealed class MetricSeries(Instrument instrument)
{
    /// <summary>Should a label ever be unbounded after all, the page stays bounded: what comes later is counted under <c>other</c>.</summary>
    private const int MaxLabelValues = 100;

    private readonly ConcurrentDictionary<string, MetricCell> _cells = new(StringComparer.Ordinal);

    public Instrument Instrument { get; } = instrument;

    /// <summary>The label's name; null while no value had one.</summary>
    public string? Label { get; private set; }

    public bool IsCounter { get; } = instrument is Counter<long> or ObservableCounter<long>;

    /// <summary>True where a measurement is the value itself, not what is added to it.</summary>
    private bool IsWhole { get; } = instrument is Gauge<long> || instrument.IsObservable;

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
        cell.Record(value, IsWhole);
    }
}
