namespace BudgetProxy.Cli.Output;

/// <summary>How far a long work is, on one line of standard error, and only where that is a terminal.</summary>
/// <param name="what">What is counted.</param>
/// <param name="total">How many there will be, about; 0 = not known.</param>
internal sealed class ProgressLine(string what, long total) : IDisposable
{
    private const int BarCells = 24;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private long _shownAt = TimeProvider.System.GetTimestamp();
    private readonly long _begun = TimeProvider.System.GetTimestamp();
    private bool _shown;

    public static bool IsWanted => !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    public void Show(long done)
    {
        if (TimeProvider.System.GetElapsedTime(_shownAt) < Pause)
            return;
        _shownAt = TimeProvider.System.GetTimestamp();
        _shown = true;
        var rate = done / Math.Max(TimeProvider.System.GetElapsedTime(_begun).TotalSeconds, 0.001);
        Console.Error.Write($"\r{Bar(done)}{done:#,##0} {what}, {rate:#,##0} a second\u001b[K");
    }

    /// <summary>Takes the line away again.</summary>
    public void Dispose()
    {
        if (_shown)
            Console.Error.Write("\r\u001b[K");
    }

    private string Bar(long done)
    {
        if (total <= 0)
            return "";
        // The total was asked for before: there may be more by now.
        var share = Math.Min(done / (decimal)total, 1);
        var full = (int)(share * BarCells);
        return $"[{new string('#', full)}{new string('.', BarCells - full)}] {share * 100,3:0} %  ";
    }
}
