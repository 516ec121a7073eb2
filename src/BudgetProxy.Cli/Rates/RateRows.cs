using System.Text.Json;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Rates;

/// <summary>Rows of the rate table as rows of a table: one for each tier, in USD for a million tokens.</summary>
internal static class RateRows
{
    public static IReadOnlyList<Column> Columns { get; } =
    [
        Column.Text("Model"), Column.Text("For"), new Column("Tier"), Column.Number("Input"), Column.Number("Cached"), Column.Number("Write"), Column.Number("Write 1h"), Column.Number("Output"),
        new Column("From (UTC)"), new Column("Origin"), Column.Text("Notes"),
    ];

    public static IEnumerable<Cell[]> Of(JsonElement row)
    {
        var first = true;
        var tiers = row.Field("usdPerMillion") is { ValueKind: JsonValueKind.Object } all ? [.. all.EnumerateObject()] : new List<JsonProperty>();
        foreach (var tier in tiers)
        {
            yield return
            [
                new Cell(first ? $"{row.Text("provider")}/{row.Text("model")}" : ""), new Cell(first ? row.Text("tenant") ?? "all" : ""), new Cell(tier.Name),
                Price(tier.Value, "input"), Price(tier.Value, "cachedInput"), Price(tier.Value, "cacheWriteShort"), Price(tier.Value, "cacheWriteLong"), Price(tier.Value, "output"),
                first ? Cell.Time(row.Text("effectiveFrom")) : new Cell(""), new Cell(first ? row.Text("origin") ?? "" : ""), new Cell(first ? NotesOf(row) : ""),
            ];
            first = false;
        }
    }

    private static Cell Price(JsonElement prices, string name) => Cell.Money(prices.Usd(name));

    private static string NotesOf(JsonElement row)
    {
        var notes = new List<string>();
        if (row.Number("ofList.percent") is { } share)
            notes.Add($"{share} % of list");
        if (row.Whole("longContextThreshold") is { } threshold)
            notes.Add($"dearer above {threshold:#,##0} tokens");
        if (row.Text("mode") is { } mode and not "chat")
            notes.Add(mode);
        return string.Join(", ", notes);
    }
}
