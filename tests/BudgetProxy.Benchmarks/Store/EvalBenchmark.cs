using System.Diagnostics;
using System.Globalization;

namespace BudgetProxy.Benchmarks.Store;

/// <summary>Redis's own benchmark running a script that does nothing, one call at a time on each connection.</summary>
internal static class EvalBenchmark
{
    /// <summary>About what one connection and many do in a second, to make a number of calls from a length of time.</summary>
    private const int CallsPerSecondOfOne = 10_000;

    private const int CallsPerSecondOfMany = 60_000;

    /// <returns>Calls a second.</returns>
    public static async Task<double> RunAsync(int port, int connections, TimeSpan length)
    {
        var calls = (int)((connections == 1 ? CallsPerSecondOfOne : CallsPerSecondOfMany) * length.TotalSeconds);
        string[] arguments = ["-h", "127.0.0.1", "-p", $"{port}", "-c", $"{connections}", "-n", $"{calls}", "-P", "1", "--csv", "EVAL", "return 1", "0"];
        var start = new ProcessStartInfo("redis-benchmark", arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        // "test","rps","avg_latency_ms",… and below it the figures.
        var last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("").Split("\",\"");
        return last.Length > 1 && double.TryParse(last[1], CultureInfo.InvariantCulture, out var rate)
            ? rate
            : throw new InvalidOperationException($"redis-benchmark ended with status {process.ExitCode}: {output}");
    }
}
