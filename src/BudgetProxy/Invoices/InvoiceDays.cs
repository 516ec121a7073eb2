namespace BudgetProxy.Invoices;

/// <summary>Days as rows hold them: the first instant of a day of UTC in Unix milliseconds.</summary>
internal static class InvoiceDays
{
    /// <summary>No bill of these providers is of a day outside.</summary>
    public static readonly DateOnly Earliest = new(2015, 1, 1), Latest = new(2100, 1, 1);

    public static bool CanBe(DateOnly day) => Earliest <= day && day <= Latest;

    public static long Milliseconds(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static DateOnly Of(long milliseconds) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime);
}
