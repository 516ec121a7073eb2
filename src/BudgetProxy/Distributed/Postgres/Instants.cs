namespace BudgetProxy.Distributed.Postgres;

/// <summary>Times as they stand in rows: UTC, in whole milliseconds.</summary>
internal static class Instants
{
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The millisecond that the instant lies in.</summary>
    public static DateTimeOffset Whole(DateTimeOffset instant) => Of(instant.ToUnixTimeMilliseconds());

    /// <param name="milliseconds">Unix milliseconds; those after the last representable instant give that.</param>
    public static DateTimeOffset Of(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(milliseconds, Latest));
}
