namespace BudgetProxy.Alerts;

/// <summary>
/// When what failed is tried again: after growing pauses with jitter, for about three days (75 h 43 min). The later pauses are those of the example in
/// Standard Webhooks 1.0.0, "Deliverability and reliability"; the early ones are closer, since an alert is of use while it is new.
/// </summary>
internal static class RetrySchedule
{
    /// <summary>Each pause is up to so much longer or shorter, so that what failed together does not come again together.</summary>
    private const double Jitter = 0.2;

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>Attempts in all, the first included.</summary>
    public static int Attempts => Pauses.Length + 1;

    /// <summary>How long to wait after a failure; null = it was the last attempt.</summary>
    /// <param name="made">Attempts made so far, at least 1.</param>
    /// <param name="retryAfter">What the receiver asks for; it makes the wait longer, never shorter, and at most 24 h.</param>
    /// <param name="random">From 0 to 1.</param>
    public static TimeSpan? Wait(int made, TimeSpan? retryAfter, double random)
    {
        if (made > Pauses.Length)
            return null;
        var pause = Pauses[made - 1] * (1 + (Jitter * ((2 * random) - 1)));
        if (retryAfter > pause)
            pause = retryAfter.Value;
        return pause < LongestWait * (1 + Jitter) ? pause : LongestWait;
    }
}
