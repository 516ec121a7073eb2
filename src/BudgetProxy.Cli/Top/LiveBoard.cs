using System.Globalization;
using System.Text.Json;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Top;

/// <summary>What <c>top</c> shows of one answer, and of those before it.</summary>
internal sealed class LiveBoard(Uri proxy)
{
    private const string Heights = "▁▂▃▄▅▆▇█";

    /// <summary>Answers that the line of spending goes back.</summary>
    private const int Remembered = 60;

    private readonly Queue<decimal> _spending = new();

    /// <param name="trouble">Why this is not the latest; null = it is.</param>
    public void Write(Terminal terminal, JsonElement live, string? trouble)
    {
        Remember(live.Number("spendPerSecondUsd") ?? 0, trouble is null);
        terminal.Write("BudgetProxy ", Tone.Strong);
        terminal.Line($"{proxy}  {live.Text("asOf")?.Replace('T', ' ')}", Tone.Dim);
        if (trouble is not null)
            terminal.Line(Terminal.Clean(trouble), Tone.Bad);
        terminal.Line();
        terminal.Write("Spend a second   ");
        terminal.Write(live.Usd("spendPerSecondUsd") is { } spend ? MoneyText.Of(spend) : "-", Tone.Strong);
        terminal.Line(terminal.HasColour ? "  " + Line(Math.Max(terminal.Width - 34, 0)) : "", Tone.Good);
        terminal.Line($"Calls a second   {Rate(live.Number("callsPerSecond"))}");
        terminal.Write("Refused a second ");
        terminal.Line(Rate(live.Number("refusalsPerSecond")), live.Number("refusalsPerSecond") > 0 ? Tone.Warning : Tone.Plain);
        terminal.Line($"In flight        {live.Whole("callsInFlight") ?? 0:#,##0} calls, which hold {(live.Usd("heldUsd") is { } held ? MoneyText.Of(held) : "-")}");
        WriteTenants(terminal, [.. live.Items("tenants")]);
        WriteNearest(terminal, [.. live.Items("nearest")]);
    }

    private static void WriteNearest(Terminal terminal, List<JsonElement> nearest)
    {
        terminal.Line();
        if (nearest.Count == 0)
        {
            terminal.Line("No budget has anything spent.");
            return;
        }

        new Table(
            terminal,
            [
                Column.Text("Nearest its limit"), Column.Text("Budget"), Column.Text("Of"), Column.Number("Limit"), Column.Number("Spent"), Column.Number("Held"), Column.Number("Remaining"),
                Column.Bar("Used"), Column.Number("Share"), new Column("Resets (UTC)"),
            ]).Write([.. nearest.Select(NearestRow)]);
    }

    private static Cell[] NearestRow(JsonElement one)
    {
        var share = one.Number("share") ?? 0;
        var (held, limit) = (one.Number("held") ?? 0, one.Number("limit") ?? 0);
        var heldShare = limit > 0 ? held / limit : 0;
        return
        [
            Cell.Of(one.Text("tenant")), Cell.Of(one.Text("budget")), Cell.Of(one.Text("value")), Cell.Amount(one.Field("limit")), Cell.Amount(one.Field("spent")),
            Cell.Amount(one.Field("held")), Cell.Amount(one.Field("remaining")), Bar.Of(share - heldShare, heldShare), Cell.Share(share),
            one.Text("resetsAt") is { } at ? Cell.Time(at) : new Cell("never"),
        ];
    }

    private static void WriteTenants(Terminal terminal, List<JsonElement> tenants)
    {
        if (tenants.Count == 0)
            return;
        terminal.Line();
        new Table(terminal, [Column.Text("Liveliest"), Column.Number("Spend a second"), Column.Number("Calls a second"), Column.Number("Refused a second")]).Write(
        [
            .. tenants.Select(tenant => (Cell[])
            [
                Cell.Of(tenant.Text("tenant")), Cell.Money(tenant.Usd("spendPerSecondUsd")), new Cell(Rate(tenant.Number("callsPerSecond"))),
                new Cell(Rate(tenant.Number("refusalsPerSecond")), tenant.Number("refusalsPerSecond") > 0 ? Tone.Warning : Tone.Plain),
            ]),
        ]);
    }

    private static string Rate(decimal? rate) => (rate ?? 0).ToString("#,##0.0", CultureInfo.InvariantCulture);

    private void Remember(decimal spending, bool isNew)
    {
        if (!isNew)
            return;
        _spending.Enqueue(spending);
        if (_spending.Count > Remembered)
            _spending.Dequeue();
    }

    private string Line(int room)
    {
        var most = _spending.Max();
        return most <= 0 ? "" : string.Concat(_spending.TakeLast(room).Select(one => Heights[(int)(one / most * (Heights.Length - 1))]));
    }
}
