using System.Globalization;

namespace BudgetProxy.Statements;

/// <summary>A calendar month in UTC. A call is in the month in which it settled, a correction in the one in which it was booked.</summary>
/// <param name="Year">1970 to 9998.</param>
/// <param name="Month">1 to 12.</param>
public readonly record struct StatementMonth(int Year, int Month)
{
    private const int FirstYear = 1970;
    private const int LastYear = 9998;
    private const string Format = "yyyy-MM";

    /// <summary>Its first instant.</summary>
    public DateTimeOffset From => new(Year, Month, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first instant of the next.</summary>
    public DateTimeOffset To => From.AddMonths(1);

    /// <summary>Such as <c>November 2026</c>.</summary>
    public string Title => From.ToString("MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>The month that an instant lies in.</summary>
    public static StatementMonth Of(DateTimeOffset at) => new(at.UtcDateTime.Year, at.UtcDateTime.Month);

    /// <summary>Reads <c>2026-11</c>, and nothing else.</summary>
    public static bool TryParse(string? text, out StatementMonth month)
    {
        month = default;
        if (!DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) || first.Year is < FirstYear or > LastYear)
            return false;
        month = new StatementMonth(first.Year, first.Month);
        return true;
    }

    public override string ToString() => From.ToString(Format, CultureInfo.InvariantCulture);
}
