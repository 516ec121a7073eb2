namespace BudgetProxy.Invoices;

/// <summary>Days as rows hold them: the first instant of a day of UTC in Unix milliseconds.</summary>
internal static class InvoiceDays
{
    public static long Milliseconds(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static DateOnly Of(long milliseconds) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime);
}
