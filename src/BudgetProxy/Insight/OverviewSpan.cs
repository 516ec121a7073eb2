namespace BudgetProxy.Insight;

/// <summary>The times that an overview is of. All of it UTC.</summary>
internal sealed class OverviewSpan
{
    private const int MostHours = 24;

    private readonly int _days;

    public OverviewSpan(DateTimeOffset now, int days)
    {
        _days = days;
        Today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        Month = FirstOfMonth(Today);
        First = Today.AddDays(1 - days);
        FirstMonth = FirstOfMonth(First);
        FirstHour = Today.AddHours(now.UtcDateTime.Hour + 1 - MostHours);
        FirstRefusal = First < Month ? First : Month;
        if (FirstHour < FirstRefusal)
            FirstRefusal = FirstHour;
    }

    public DateTimeOffset Today { get; }

    public DateTimeOffset Month { get; }

    /// <summary>The first of the days.</summary>
    public DateTimeOffset First { get; }

    /// <summary>The month that it lies in.</summary>
    public DateTimeOffset FirstMonth { get; }

    /// <summary>The first of the last 24 hours, the present one included.</summary>
    public DateTimeOffset FirstHour { get; }

    /// <summary>From when on refusals are needed.</summary>
    public DateTimeOffset FirstRefusal { get; }

    public IEnumerable<DateOnly> Dates => Enumerable.Range(0, _days).Select(day => DateOnly.FromDateTime(First.UtcDateTime).AddDays(day));

    public IEnumerable<DateTimeOffset> Hours => Enumerable.Range(0, MostHours).Select(hour => FirstHour.AddHours(hour));

    private static DateTimeOffset FirstOfMonth(DateTimeOffset day) => day.AddDays(1 - day.Day);
}
