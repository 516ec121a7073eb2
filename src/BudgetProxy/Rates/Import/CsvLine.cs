using System.Globalization;

namespace BudgetProxy.Rates.Import;

/// <summary>One line of a CSV file by its columns' names.</summary>
internal readonly struct CsvLine(string[] header, string[] fields, int number)
{
    /// <summary>From 1.</summary>
    public int Number => number;

    /// <summary>The field of a column; null = empty, or no such column.</summary>
    public string? this[string column]
    {
        get
        {
            var index = Array.IndexOf(header, column);
            return index >= 0 && index < fields.Length && fields[index].Length > 0 ? fields[index] : null;
        }
    }

    /// <summary>USD as nano-dollars; null = empty, or wrong, which the model then says.</summary>
    public long? Usd(string column, ImportedModel model)
    {
        if (this[column] is not { } text)
            return null;
        if (PriceText.Read(text, PriceText.FromUsd, out var nanos) is not { } problem)
            return nanos;
        model.Problem ??= $"line {Number}: {column} '{text}': {problem}";
        return null;
    }

    /// <summary>A whole number; null = empty, or wrong, which the model then says.</summary>
    public long? Whole(string column, long least, long most, ImportedModel model)
    {
        if (this[column] is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        model.Problem ??= $"line {Number}: {column} '{text}' must be a whole number from {least} to {most}.";
        return null;
    }
}
