using System.Diagnostics;

namespace BudgetProxy.Benchmarks.Insight;

/// <summary>Says every few seconds how far it is.</summary>
internal sealed class SeedProgress
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _since = Stopwatch.StartNew();
    private TimeSpan _last;

    public void Show(string what, long done, long all)
    {
        if (done < all && _since.Elapsed - _last < Period)
            return;
        _last = _since.Elapsed;
        Console.WriteLine($"{_since.Elapsed.TotalSeconds,6:0} s  {done,12:N0} of {all:N0} {what}");
    }
}
