namespace BudgetProxy.Billing;

/// <summary>Hours, days and bounds as they stand in rows.</summary>
internal static class BillingTimes
{
    public const long HourMilliseconds = 3_600_000;
    public const long DayMilliseconds = 86_400_000;

    /// <summary>The first instant of the UTC hour that an instant lies in.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset instant)
    {
        var at = instant.ToUnixTimeMilliseconds();
        return DateTimeOffset.FromUnixTimeMilliseconds(at - (((at % HourMilliseconds) + HourMilliseconds) % HourMilliseconds));
    }

    /// <summary>The whole second that an instant lies in: Stripe knows no parts of one.</summary>
    public static DateTimeOffset Second(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeSeconds(instant.ToUnixTimeSeconds());

    /// <summary>A bound in Unix milliseconds: rows stand on whole ones, so a bound between two is the next.</summary>
    public static long? Ceiling(DateTimeOffset? instant) => instant is { } bound
        ? bound.ToUnixTimeMilliseconds() + (bound.Ticks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1)
        : null;
}
