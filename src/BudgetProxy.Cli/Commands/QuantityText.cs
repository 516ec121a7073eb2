using System.CommandLine.Parsing;
using System.Globalization;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Cli.Commands;

/// <summary>Reads what people write for numbers and times: <c>10000</c>, <c>10_000</c>, <c>7.5M</c>; <c>5m</c>, <c>1h</c>.</summary>
internal static class QuantityText
{
    /// <summary>A thousand years: beyond what any time may be, and within what a <see cref="TimeSpan"/> holds.</summary>
    private const long MostSeconds = 31_536_000_000;

    /// <summary>A whole number with an optional k, M or G for thousands, millions or thousand millions; an error, and 0, where it is none.</summary>
    public static long? Count(ArgumentResult result)
    {
        if (TryCount(result.Tokens[0].Value, out var count))
            return count;
        Refuse(result, "a whole number such as 10000, 10_000, 10k or 7.5M");
        return 0;
    }

    /// <summary>The same where it is part of a longer text.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static long Whole(string option, string text) =>
        TryCount(text, out var count) ? count : throw CommandException.Misuse($"{option}: '{text}' is not a whole number such as 10000, 10k or 7.5M.");

    private static bool TryCount(string written, out long count)
    {
        var text = written.Replace("_", "", StringComparison.Ordinal);
        var factor = text is [.., 'k' or 'K'] ? 1_000m : text is [.., 'm' or 'M'] ? 1_000_000m : text is [.., 'g' or 'G'] ? 1_000_000_000m : 1m;
        var digits = factor == 1 ? text : text[..^1];
        if (decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue / factor
            && number * factor == decimal.Truncate(number * factor))
        {
            count = (long)(number * factor);
            return true;
        }

        count = 0;
        return false;
    }

    /// <summary>A time in seconds, minutes, hours or days; an error, and null, where it is none.</summary>
    public static TimeSpan? Duration(ArgumentResult result)
    {
        if (TryDuration(result.Tokens[0].Value, out var time))
            return time;
        Refuse(result, "a time such as 300s, 5m, 1h or 1d");
        return null;
    }

    /// <summary>A date, which is its first instant in UTC, or an RFC 3339 instant; an error, and null, where it is neither.</summary>
    public static DateTimeOffset? Instant(ArgumentResult result)
    {
        if (TryInstant(result.Tokens[0].Value, out var at))
            return at;
        Refuse(result, "a date or an instant such as 2026-11-28 or 2026-11-28T12:00:00Z");
        return null;
    }

    /// <summary>An amount of USD as the API takes it: without the dollar sign and underscores that people write. Whether it is one, the proxy says.</summary>
    public static string Usd(string text)
    {
        var bare = text.Trim().TrimStart('$').Replace("_", "", StringComparison.Ordinal);
        // As the API writes it, so that the same amount is seen to be the same.
        return NanoUsd.TryParse(bare, out var amount) ? amount.ToBalance() : bare;
    }

    /// <summary>An instant as the API takes it, from a date, an instant, or a time from now such as <c>90d</c>.</summary>
    /// <exception cref="CommandException">It is neither.</exception>
    public static string FromNow(string option, string text)
    {
        if (TryDuration(text, out var time))
            return PeriodOptions.Text(TimeProvider.System.GetUtcNow() + time)!;
        return TryInstant(text, out var at)
            ? PeriodOptions.Text(at)!
            : throw CommandException.Misuse($"{option}: '{text}' is not a date, an instant or a time from now, such as 2026-12-31, 2026-12-31T12:00:00Z or 90d.");
    }

    /// <summary>A time as people write it: the largest unit that it is a whole number of.</summary>
    public static string Of(TimeSpan time)
    {
        var seconds = (long)time.TotalSeconds;
        var (unit, name) = seconds % 86_400 == 0 ? (86_400, "day") : seconds % 3_600 == 0 ? (3_600, "hour") : seconds % 60 == 0 ? (60, "minute") : (1, "second");
        return $"{seconds / unit:#,##0} {name}{(seconds / unit == 1 ? "" : "s")}";
    }

    private static bool TryDuration(string text, out TimeSpan time)
    {
        var seconds = text is [.., 's'] ? 1 : text is [.., 'm'] ? 60 : text is [.., 'h'] ? 3_600 : text is [.., 'd'] ? 86_400 : 0;
        var known = seconds > 0 & int.TryParse(text.AsSpan(0, Math.Max(text.Length - 1, 0)), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        time = TimeSpan.FromSeconds(Math.Min((long)number * seconds, MostSeconds));
        return known;
    }

    private static bool TryInstant(string text, out DateTimeOffset at)
    {
        string[] formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:sszzz"];
        return DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);
    }

    private static void Refuse(ArgumentResult result, string right) =>
        result.AddError($"{(result.Parent as OptionResult)?.Option.Name}: '{result.Tokens[0].Value}' is not {right}.");
}
