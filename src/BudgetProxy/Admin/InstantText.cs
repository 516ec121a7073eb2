using System.Globalization;

namespace BudgetProxy.Admin;

/// <summary>Reads instants as RFC 3339 spells them; a zone is required, so that no machine's own zone decides.</summary>
internal static class InstantText
{
    private static readonly string[] Formats =
        ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    public static bool TryParse(string text, out DateTimeOffset at)
    {
        at = default;
        var hasZone = text.Length > 6 && (text[^1] == 'Z' || text[^6] is '+' or '-');
        return hasZone && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out at);
    }

    /// <summary>Also takes a date, which is its first instant in UTC.</summary>
    public static bool TryParseOrDate(string text, out DateTimeOffset at)
    {
        if (TryParse(text, out at))
            return true;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return false;
        at = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        return true;
    }
}
