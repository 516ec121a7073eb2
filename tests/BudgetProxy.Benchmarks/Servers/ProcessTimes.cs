namespace BudgetProxy.Benchmarks.Servers;

/// <summary>CPU time from <c>/proc</c>, which counts it in hundredths of a second.</summary>
internal static class ProcessTimes
{
    private const int TicksPerSecond = 100;
    private const int Parent = 1;
    private const int User = 11;
    private const int System = 12;
    private const int UserOfEnded = 13;
    private const int SystemOfEnded = 14;

    /// <summary>User and system time of a process and of all that it started, those that have ended too.</summary>
    public static TimeSpan OfTree(int process)
    {
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && Read(id) is { } fields && (id == process || fields[Parent] == process))
                ticks += fields[User] + fields[System] + fields[UserOfEnded] + fields[SystemOfEnded];
        }

        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }

    /// <summary>The fields after the name, the state first, which is no number and stands as 0; null = the process has ended.</summary>
    private static long[]? Read(int id)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].Split(' ', StringSplitOptions.TrimEntries);
            return [0, .. fields[1..(SystemOfEnded + 1)].Select(long.Parse)];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
