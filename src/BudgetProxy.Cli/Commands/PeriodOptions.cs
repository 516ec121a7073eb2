using System.CommandLine;
using System.Globalization;

namespace BudgetProxy.Cli.Commands;

/// <summary>The words for a period that commands about the past take. All of it is UTC.</summary>
internal sealed class PeriodOptions
{
    private readonly Option<DateTimeOffset?> _from = new("--from") { Description = "From this date or instant on, UTC", HelpName = "2026-11-01", CustomParser = QuantityText.Instant };
    private readonly Option<DateTimeOffset?> _to = new("--to") { Description = "Until this date or instant, which is no longer in it", HelpName = "2026-12-01", CustomParser = QuantityText.Instant };
    private readonly Option<TimeSpan?> _last = new("--last") { Description = "The time up to now: 30m, 24h, 7d", HelpName = "7d", CustomParser = QuantityText.Duration };
    private readonly Option<string?> _month = new("--month") { Description = "A calendar month, this one where it is not named", HelpName = "2026-11", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _today = new("--today") { Description = "Today" };
    private readonly Option<bool> _yesterday = new("--yesterday") { Description = "Yesterday" };

    public Symbol[] All => [_from, _to, _last, _month, _today, _yesterday];

    /// <summary>The period that was named; both null where none was.</summary>
    /// <exception cref="CommandException">More than one was named, or it is none.</exception>
    public (DateTimeOffset? From, DateTimeOffset? To) Read(CommandCall call, DateTimeOffset now)
    {
        var (from, to) = (call.Get(_from), call.Get(_to));
        var named = new List<string>();
        if (from is not null || to is not null)
            named.Add("--from and --to");
        if (call.Get(_last) is not null)
            named.Add("--last");
        if (call.Parsed.GetResult(_month) is not null)
            named.Add("--month");
        if (call.Get(_today))
            named.Add("--today");
        if (call.Get(_yesterday))
            named.Add("--yesterday");
        if (named.Count > 1)
            throw CommandException.Misuse($"{string.Join(", ", named)}: give one of them.");
        if (from >= to)
            throw CommandException.Misuse("--to: Must be later than --from; it is exclusive.");
        return named.FirstOrDefault() switch
        {
            "--last" => (now - call.Get(_last), null),
            "--month" => Month(call.Get(_month), now),
            "--today" => (DayOf(now), null),
            "--yesterday" => (DayOf(now).AddDays(-1), DayOf(now)),
            _ => (from, to),
        };
    }

    /// <summary>An instant as the API takes it.</summary>
    public static string? Text(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static (DateTimeOffset?, DateTimeOffset?) Month(string? text, DateTimeOffset now)
    {
        var day = DayOf(now);
        var first = day.AddDays(1 - day.Day);
        if (text is not null && !DateTimeOffset.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out first))
            throw CommandException.Misuse($"--month: '{text}' is not a month such as 2026-11.");
        return (first, first.AddMonths(1));
    }

    private static DateTimeOffset DayOf(DateTimeOffset now) => new(now.UtcDateTime.Date, TimeSpan.Zero);
}
