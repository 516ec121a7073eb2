using System.Text;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>The results as a Markdown table, row by row.</summary>
internal sealed class ProxyTable(IReadOnlyList<BenchmarkTarget> targets)
{
    private readonly int _yardstick = targets.ToList().FindIndex(target => target.Name == "bare YARP");
    private readonly int _proxy = targets.ToList().FindIndex(target => target.Name == "proxy");

    private bool Compares => _yardstick >= 0 && _proxy >= 0;

    public void PrintHead()
    {
        var head = new StringBuilder("| callers | body |");
        foreach (var target in targets)
            head.Append($" {target.Name}: calls/s | p50 µs | p99 µs | CPU ms/call | MiB |");
        if (Compares)
            head.Append(" proxy ÷ YARP | p50 added µs |");
        Console.WriteLine(head);
        Console.WriteLine("|" + string.Concat(Enumerable.Repeat("---|", head.ToString().Count(letter => letter == '|') - 1)));
    }

    public void PrintRow(LoadCase load, IReadOnlyList<Measurement> measured)
    {
        var row = new StringBuilder($"| {load.Callers} | {load} |");
        foreach (var one in measured)
        {
            row.Append($" {one.Load.CallsPerSecond:N0} | {one.Load.P50:N0} | {one.Load.P99:N0} |");
            row.Append($" {one.CpuPerCall.TotalMilliseconds:0.000} | {one.WorkingSet} |");
        }

        if (Compares)
        {
            var (yarp, proxy) = (measured[_yardstick].Load, measured[_proxy].Load);
            row.Append($" **{proxy.CallsPerSecond / yarp.CallsPerSecond:0.00}** | {proxy.P50 - yarp.P50:N0} |");
        }

        Console.WriteLine(row);
    }
}
