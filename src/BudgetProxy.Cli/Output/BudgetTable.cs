using System.Text.Json;

namespace BudgetProxy.Cli.Output;

/// <summary>Budgets with what is spent, held and left in each; of one that counts by user, key or the like, its fullest counters.</summary>
/// <param name="counters">Most counters shown of one budget.</param>
internal sealed class BudgetTable(Terminal terminal, int counters = 5)
{
    /// <summary>Budgets of a page: a budget may bring many counters with it.</summary>
    public const int PageSize = 100;

    private readonly Table _table = new(
        terminal,
        [
            Column.Text("Budget"), new Column("Window"), Column.Number("Limit"), Column.Number("Spent"), Column.Number("Held"), Column.Number("Remaining"), Column.Bar("Used"),
            Column.Number("Share"), new Column("Resets (UTC)"), Column.Text("Notes"),
        ]);

    private bool _any;

    public void Write(IReadOnlyList<JsonElement> budgets)
    {
        _any |= budgets.Count > 0;
        _table.Write([.. budgets.SelectMany(Rows)]);
    }

    /// <summary>Says that there were none, where there were none.</summary>
    public void End(string nothing)
    {
        if (!_any)
            terminal.Line(nothing);
    }

    private IEnumerable<Cell[]> Rows(JsonElement budget)
    {
        var limit = LimitOf(budget);
        var name = new Cell(budget.Text("name") ?? "", Tone.Strong);
        var window = Cell.Of(budget.Text("window"));
        if (budget.Field("counters") is null)
        {
            yield return Row(name, window, budget, limit, NotesOf(budget));
            yield break;
        }

        var all = budget.Items("counters").OrderByDescending(counter => ShareOf(counter, limit) ?? 0).ToList();
        var more = all.Count > counters ? $"{all.Count:#,##0} counters, the fullest {counters} here" : $"{all.Count} {(all.Count == 1 ? "counter" : "counters")}";
        var none = new Cell("");
        yield return [name, window, Cell.Amount(limit), none, none, none, none, none, none, new Cell(NotesOf(budget) is { Length: > 0 } notes ? $"{notes}; {more}" : more)];
        foreach (var counter in all.Take(counters))
            yield return Row(new Cell("  " + counter.Text("value")), none, counter, limit, "");
    }

    private static Cell[] Row(Cell name, Cell window, JsonElement counter, JsonElement? limit, string notes)
    {
        var share = ShareOf(counter, limit);
        var held = Of(counter.Field("held")) is { } inFlight && Size(counter, limit) is > 0 and var size ? inFlight / size : 0;
        return
        [
            name, window, Cell.Amount(limit), Cell.Amount(counter.Field("spent")), Cell.Amount(counter.Field("held")), Cell.Amount(counter.Field("remaining")),
            share is { } used ? Bar.Of(used - held, held) : new Cell(""), Cell.Share(share), counter.Text("resetsAt") is { } resets ? Cell.Time(resets) : new Cell("never"), new Cell(notes),
        ];
    }

    private static string NotesOf(JsonElement budget)
    {
        var notes = new List<string>();
        if (budget.Text("per") is { } per)
            notes.Add("per " + per);
        if (budget.Field("match") is { ValueKind: JsonValueKind.Object } match)
            notes.AddRange(match.EnumerateObject().Select(condition => $"{condition.Name}={condition.Value}"));
        if (budget.Field("limit.chargedUsd") is not null)
            notes.Add("as charged");
        if (budget.Text("mode") is "shadow")
            notes.Add("shadow");
        if (budget.Text("admission") is { } admission and not "strict")
            notes.Add(admission);
        if (budget.Text("from") is { } from and not "tenant")
            notes.Add("from " + from);
        if (Of(budget.Field("toppedUp")) is { } added and not 0)
            notes.Add("topped up by " + (budget.Usd("toppedUp") is { } usd && budget.Field("toppedUp")?.ValueKind == JsonValueKind.String ? MoneyText.Of(usd) : added.ToString("#,##0")));
        return string.Join(", ", notes);
    }

    private static JsonElement? LimitOf(JsonElement budget) => budget.Field("limit.usd") ?? budget.Field("limit.chargedUsd") ?? budget.Field("limit.requests") ?? budget.Field("limit.tokens");

    /// <summary>What there was to spend in this window: what is spent, held and left, which takes in what was added to it.</summary>
    private static decimal? Size(JsonElement counter, JsonElement? limit) =>
        Of(counter.Field("spent")) is { } spent && Of(counter.Field("held")) is { } held && Of(counter.Field("remaining")) is { } left ? spent + held + left : Of(limit);

    private static decimal? ShareOf(JsonElement counter, JsonElement? limit)
    {
        if (Of(counter.Field("spent")) is not { } spent || Of(counter.Field("held")) is not { } held || Size(counter, limit) is not { } size)
            return null;
        return size > 0 ? (spent + held) / size : 1;
    }

    private static decimal? Of(JsonElement? amount) => decimal.TryParse(
        amount?.ToString(), System.Globalization.NumberStyles.AllowDecimalPoint | System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}
