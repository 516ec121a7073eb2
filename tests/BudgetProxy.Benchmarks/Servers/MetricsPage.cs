using System.Globalization;

namespace BudgetProxy.Benchmarks.Servers;

/// <summary>A proxy's <c>/metrics</c>: each name's value, summed over its labels.</summary>
internal sealed class MetricsPage
{
    private static readonly HttpClient Http = new();

    private readonly Dictionary<string, decimal> _values = new(StringComparer.Ordinal);

    /// <summary>Zero where nothing of that name is shown.</summary>
    public decimal this[string name] => _values.GetValueOrDefault(name);

    public static async Task<MetricsPage> ReadAsync(int port)
    {
        var page = new MetricsPage();
        foreach (var line in (await Http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"))).Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var name = line[..line.AsSpan().IndexOfAny('{', ' ')];
            page._values[name] = page[name] + decimal.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        }

        return page;
    }
}
