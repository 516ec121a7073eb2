using System.Text.Json;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Cli.Output;

/// <summary>One field of a table.</summary>
/// <param name="Usd">In place of the text: an amount, written with as many decimals as the others of its column.</param>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain, NanoUsd? Usd = null)
{
    private const string None = "-";

    public static Cell Of(string? text, Tone tone = Tone.Plain) => new(string.IsNullOrEmpty(text) ? None : text, tone);

    public static Cell Of(long? number, Tone tone = Tone.Plain) => Of(number?.ToString("#,##0"), tone);

    public static Cell Money(NanoUsd? amount, Tone tone = Tone.Plain) => amount is null ? new Cell(None, tone) : new Cell("", tone, amount);

    /// <summary>An amount of a budget: USD as a decimal string, calls and tokens as a number.</summary>
    public static Cell Amount(JsonElement? amount, Tone tone = Tone.Plain) => amount switch
    {
        { ValueKind: JsonValueKind.String } usd when NanoUsd.TryParse(usd.GetString(), out var money) => Money(money, tone),
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var count) => Of(count, tone),
        _ => new Cell(None, tone),
    };

    /// <summary>A point in time to the second; all of them are UTC, and the column's head says so.</summary>
    public static Cell Time(string? instant) => Of(instant is { Length: >= 19 } ? instant[..19].Replace('T', ' ') : instant);

    /// <summary>A share as a percentage.</summary>
    public static Cell Share(decimal? share) => share is { } part ? new Cell($"{part * 100:0.#} %", ToneOf(part)) : new Cell(None);

    /// <summary>What a share of a limit means.</summary>
    public static Tone ToneOf(decimal share) => share >= 1 ? Tone.Bad : share >= 0.8m ? Tone.Warning : Tone.Plain;
}
