using System.Globalization;
using BudgetProxy.Rates.Import;
using BudgetProxy.Tenants;

namespace BudgetProxy.Invoices;

/// <summary>One record of a file by its columns' names, whatever their order; what is not understood is refused with its line and column.</summary>
/// <param name="columns">Place of each column by its name in lower case.</param>
internal readonly struct InvoiceRecord(Dictionary<string, int> columns, string[] fields, int line)
{
    /// <summary>USD of one row at most, either way: what is larger is no cost of a day.</summary>
    private const decimal MostUsd = 10_000_000m;

    private const NumberStyles Amounts = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>The field of a column; empty where there is none.</summary>
    public string this[string column] => columns.TryGetValue(column, out var at) ? fields[at].Trim() : "";

    /// <summary>USD, to as many decimals as a decimal holds; null = empty.</summary>
    public decimal? Usd(string column)
    {
        var text = this[column];
        if (text.Length == 0)
            return null;
        if (!decimal.TryParse(text, Amounts, CultureInfo.InvariantCulture, out var usd))
            throw Refused(column, $"'{Cut(text)}' is not an amount of USD, such as 0.0123");
        return Math.Abs(usd) <= MostUsd ? usd : throw Refused(column, $"{Cut(text)} USD can't be the cost of a day");
    }

    /// <summary>A date, or an instant of which the day in UTC is taken; one without a zone is UTC.</summary>
    public DateTimeOffset Instant(string column)
    {
        var text = this[column];
        return DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : throw Refused(column, $"'{Cut(text)}' is not a date such as 2026-11-28");
    }

    /// <summary>The day in UTC of an instant that a column gave.</summary>
    public DateOnly Day(string column, DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        return InvoiceDays.CanBe(day) ? day : throw Refused(column, $"{day:yyyy-MM-dd} can't be the day of a bill");
    }

    /// <summary>Unix seconds.</summary>
    public DateTimeOffset Seconds(string column)
    {
        var text = this[column];
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw Refused(column, $"'{Cut(text)}' is not a time in Unix seconds");
    }

    /// <summary>A text as it stands there.</summary>
    public string Text(string column)
    {
        var text = this[column];
        return text.Length == 0 || DirectoryRules.TextProblem(text) is not { } problem ? text : throw Refused(column, problem.TrimEnd('.'));
    }

    public bool Has(string column) => columns.ContainsKey(column);

    public ImportRefusedException Refused(string column, string problem) =>
        new(StatusCodes.Status400BadRequest, $"Line {line}, column {column}: {problem}. Nothing was imported.");

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
