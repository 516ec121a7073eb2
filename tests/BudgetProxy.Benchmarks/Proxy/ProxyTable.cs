using System.Text;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>The results as a Markdown table, a row for each case and target.</summary>
internal sealed class ProxyTable(IReadOnlyList<BenchmarkTarget> targets)
{
    private readonly int _yardstick = targets.ToList().FindIndex(target => target.Name == "bare YARP");
    private readonly bool _hasStores = targets.Any(target => target.Stores is not null);

    public void PrintHead()
    {
        var head = new StringBuilder("| callers | body | target | calls/s | ÷ YARP | p50 µs | p50 added µs | p99 µs | CPU ms a call | MiB |");
        if (_hasStores)
            head.Append(" CPU ms a call, Redis | Postgres | sum | outbox at most | empty after ms |");
        Console.WriteLine(head);
        Console.WriteLine("|" + string.Concat(Enumerable.Repeat("---|", head.ToString().Count(letter => letter == '|') - 1)));
    }

    public void PrintRows(LoadCase load, IReadOnlyList<Measurement> measured)
    {
        var yardstick = _yardstick < 0 ? null : measured[_yardstick].Load;
        for (var i = 0; i < targets.Count; i++)
        {
            var row = new StringBuilder($"| {load.Callers} | {load} | {targets[i].Name} |");
            AppendLoad(row, measured[i], i > _yardstick ? yardstick : null);
            if (_hasStores)
                AppendStores(row, measured[i]);
            Console.WriteLine(row);
        }
    }

    /// <param name="yardstick">Null = the target is not compared.</param>
    private static void AppendLoad(StringBuilder row, Measurement measured, LoadResult? yardstick)
    {
        var load = measured.Load;
        var (ratio, added) = yardstick is null ? ("", "") : ($" **{load.CallsPerSecond / yardstick.CallsPerSecond:0.00}**", $" {load.P50 - yardstick.P50:N0}");
        row.Append($" {load.CallsPerSecond:N0} |{ratio} | {load.P50:N0} |{added} | {load.P99:N0} |");
        row.Append($" {measured.CpuPerCall.Servers.TotalMilliseconds:0.000} | {measured.WorkingSet} |");
    }

    private static void AppendStores(StringBuilder row, Measurement measured)
    {
        var cpu = measured.CpuPerCall;
        row.Append(measured.Outbox is { } outbox
            ? $" {cpu.Redis.TotalMilliseconds:0.000} | {cpu.Postgres.TotalMilliseconds:0.000} | {(cpu.Servers + cpu.Redis + cpu.Postgres).TotalMilliseconds:0.000} |"
                + $" {outbox.Longest:N0} | {outbox.Emptied.TotalMilliseconds:N0} |"
            : " | | | | |");
    }
}
