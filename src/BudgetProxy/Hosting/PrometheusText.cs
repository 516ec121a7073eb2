using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Hosting;

/// <summary>
/// The <c>/metrics</c> page: listens to the proxy's instruments and writes them in the Prometheus text format 0.0.4
/// (prometheus.io, "Exposition formats").
/// </summary>
public sealed class PrometheusText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly List<MetricSeries> _series = [];

    public PrometheusText(ProxyMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, metrics.Meter))
                return;
            var series = new MetricSeries(instrument);
            _series.Add(series);
            listener.EnableMeasurementEvents(instrument, series);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, series) => ((MetricSeries)series!).Record(value, tags));
        _listener.Start();
        metrics.Announce();
    }

    public string Render()
    {
        _listener.RecordObservableInstruments();
        var page = new StringBuilder();
        foreach (var series in _series)
            Append(page, series);
        return page.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static void Append(StringBuilder page, MetricSeries series)
    {
        var name = NameOf(series);
        var type = series.IsCounter ? "counter" : "gauge";
        page.Append(CultureInfo.InvariantCulture, $"# HELP {name} {series.Instrument.Description}\n# TYPE {name} {type}\n");
        foreach (var (label, cell) in series.Cells)
            page.Append(CultureInfo.InvariantCulture, $"{name}{Labels(series, label)} {ValueOf(series, cell)}\n");
    }

    private static string NameOf(MetricSeries series)
    {
        var name = series.Instrument.Name.Replace('.', '_');
        if (series.Instrument.Unit == ProxyMetrics.NanoUsdUnit)
            name += "_usd";
        return series.IsCounter ? name + "_total" : name;
    }

    private static string Labels(MetricSeries series, string value) => series.Label is { } label ? $"{{{label}=\"{Escape(value)}\"}}" : "";

    private static string ValueOf(MetricSeries series, MetricCell cell) => series.Instrument.Unit == ProxyMetrics.NanoUsdUnit
        ? new NanoUsd(cell.Value).ToString()
        : cell.Value.ToString(CultureInfo.InvariantCulture);

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
}
