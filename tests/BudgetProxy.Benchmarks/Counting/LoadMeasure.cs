using System.Diagnostics;

namespace BudgetProxy.Benchmarks.Counting;

/// <summary>What loading both vocabularies takes in a process that has done nothing else: the time, and the memory that the process holds for itself.</summary>
internal static class LoadMeasure
{
    /// <summary>Measures in this process.</summary>
    public static int Run()
    {
        var before = Own();
        var start = Stopwatch.GetTimestamp();
        Core.Tokens.TokenCounter.LoadAll();
        var taken = Stopwatch.GetElapsedTime(start);
        var held = Own();
        Console.WriteLine(FormattableString.Invariant(
            $"Both vocabularies: {taken.TotalMilliseconds:F0} ms, {(held.Anonymous - before.Anonymous) / 1024.0:F1} MB of memory and {(held.Mapped - before.Mapped) / 1024.0:F1} MB mapped from files."));
        return 0;
    }

    /// <summary>Measures in three processes of their own.</summary>
    public static void RunApart()
    {
        for (var i = 0; i < 3; i++)
        {
            using var process = Process.Start(Environment.ProcessPath!, Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal)
                ? [typeof(LoadMeasure).Assembly.Location, "counting-load"]
                : ["counting-load"]);
            process.WaitForExit();
        }
    }

    // Kilobytes, as Linux tells them: what is the process's own, and what of files it has touched (shared with every process that maps them).
    private static (long Anonymous, long Mapped) Own()
    {
        GC.Collect();
        var lines = File.ReadAllLines("/proc/self/status");
        return (Field(lines, "RssAnon:"), Field(lines, "RssFile:"));
    }

    private static long Field(string[] lines, string name) =>
        long.Parse(lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).AsSpan(name.Length).Trim(" \tkB"));
}
