using System.Security.Cryptography;

namespace BudgetProxy.Billing;

/// <summary>How long to wait after failures: from a second on, doubled with each, to five minutes, of which chance takes any part ("full jitter").</summary>
internal static class Backoff
{
    private const int LeastMilliseconds = 100;
    private const int FirstMilliseconds = 1_000;
    private const int MostMilliseconds = 300_000;
    private const int MostDoublings = 9;

    /// <param name="failures">1 = the first.</param>
    /// <param name="asked">What Stripe asks for; null = nothing. Never waited for longer than five minutes.</param>
    public static TimeSpan After(int failures, TimeSpan? asked = null)
    {
        var most = (int)Math.Min((long)FirstMilliseconds << Math.Clamp(failures - 1, 0, MostDoublings), MostMilliseconds);
        var wait = RandomNumberGenerator.GetInt32(LeastMilliseconds, most + 1);
        if (asked is { } least)
            wait = (int)Math.Max(wait, Math.Min((long)least.TotalMilliseconds, MostMilliseconds));
        return TimeSpan.FromMilliseconds(wait);
    }
}
