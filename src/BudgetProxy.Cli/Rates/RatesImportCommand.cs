using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Rates;

/// <summary><c>rates import</c>: a file of prices, shown before it is applied.</summary>
internal sealed class RatesImportCommand : ProxyCommand
{
    /// <summary>Lines of the preview that are shown without <c>--all</c>.</summary>
    private const int Shown = 40;

    private readonly Argument<string> _file = Named.Of("file", "The file; - is standard input");
    private readonly Option<string?> _format = new("--format") { Description = "litellm (its JSON of model prices) or csv; by the file's name, where left out" };
    private readonly Option<DateTimeOffset?> _from = new("--from") { Description = "From when the prices hold; when they are applied, where left out", HelpName = "2026-12-01", CustomParser = QuantityText.Instant };
    private readonly Option<bool> _apply = new("--apply") { Description = "Show, ask, and apply" };
    private readonly Option<string?> _id = new("--id") { Description = "With --apply: only if it is still what the preview of this id showed", HelpName = "id" };
    private readonly Option<bool> _accept = new("--accept-warnings") { Description = "Apply in spite of warnings" };
    private readonly Option<bool> _skip = new("--skip-invalid") { Description = "Apply the others where some models can't be read" };
    private readonly Option<bool> _all = new("--all") { Description = "Show every change" };
    private readonly Confirmation _confirmation = new();

    public RatesImportCommand()
        : base(
            "import", "Takes prices from a file: shows what would change, and with --apply changes it",
            """
            budgetproxy rates import model_prices.json
            budgetproxy rates import prices.csv --from 2026-12-01 --apply
            budgetproxy rates import prices.csv --apply --yes --id 1f3a --accept-warnings
            """)
    {
        _format.AcceptOnlyFromAmong("litellm", "csv");
        Takes(_file, _format, _from, _apply, _confirmation.Yes, _id, _accept, _skip, _all);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var file = call.Get(_file);
        var bytes = Read(file);
        var format = call.Get(_format) ?? (Path.GetExtension(file) is ".csv" ? "csv" : "litellm");
        AdminQuery Question() => AdminQuery.Of("rates", "import").With("format", format).With("effectiveFrom", PeriodOptions.Text(call.Get(_from)));
        var preview = await SendAsync(call, Question(), bytes, cancellationToken);
        if (!call.Get(_apply))
        {
            Show(call, preview);
            if (!call.Json)
                call.Terminal.Wrapped($"Nothing is changed yet. To apply just this: --apply --id {preview.Text("id")}", 2);
            return ExitCode.Done;
        }

        if (!call.Json)
            Show(call, preview);
        if (!_confirmation.Ask(call, "Apply these prices?"))
            return ExitCode.Failed;
        var question = Question().With("apply", true).With("id", call.Get(_id) ?? preview.Text("id")).With("acceptWarnings", call.Get(_accept)).With("skipInvalid", call.Get(_skip));
        var applied = await SendAsync(call, question, bytes, cancellationToken);
        return call.Done($"Applied: {applied.Whole("totals.new") ?? 0:#,##0} new, {applied.Whole("totals.changed") ?? 0:#,##0} changed.", applied);
    }

    private static async Task<JsonElement> SendAsync(CommandCall call, AdminQuery question, byte[] bytes, CancellationToken cancellationToken)
    {
        using var body = new ByteArrayContent(bytes);
        return (await call.Client.PostAsync(question.ToString(), body, cancellationToken)).Json;
    }

    private static byte[] Read(string file)
    {
        try
        {
            if (file != "-")
                return File.ReadAllBytes(file);
            using var input = Console.OpenStandardInput();
            using var bytes = new MemoryStream();
            input.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Misuse($"<file>: '{file}' can't be read: {wrong.Message}");
        }
    }

    private void Show(CommandCall call, JsonElement preview)
    {
        if (call.Json)
        {
            JsonText.Print(preview);
            return;
        }

        var totals = preview.Field("totals") ?? default;
        call.Terminal.Line(
            $"{Count(totals, "models")} models: {Count(totals, "new")} new, {Count(totals, "changed")} changed, {Count(totals, "unchanged")} unchanged, "
            + $"{Count(totals, "skipped")} skipped, {Count(totals, "invalid")} invalid; {Count(totals, "warnings")} warnings");
        var rows = preview.Items("models").Where(model => model.Text("change") is "new" or "changed" or "invalid").SelectMany(RowsOf).ToList();
        var some = call.Get(_all) ? rows : rows.Take(Shown).ToList();
        new Table(
            call.Terminal,
            [Column.Number("Line"), Column.Text("Model"), new Column("Change"), Column.Text("Price"), Column.Number("Old"), Column.Number("New"), Column.Number("Ratio"), Column.Text("Notes")]).Write(some);
        if (some.Count < rows.Count)
            call.Terminal.Dim($"{rows.Count - some.Count:#,##0} more lines: --all shows them.");
        foreach (var warning in preview.Items("warnings"))
            call.Terminal.Line("! " + Terminal.Clean(warning.ToString()), Tone.Warning);
    }

    private static IEnumerable<Cell[]> RowsOf(JsonElement model)
    {
        var change = model.Text("change") ?? "";
        Cell[] start = [Cell.Of(model.Whole("line")), Cell.Of(model.Text("name")), new Cell(change, change == "invalid" ? Tone.Bad : Tone.Plain)];
        var prices = model.Items("prices").ToList();
        if (prices.Count == 0)
            return [[.. start, new Cell(""), new Cell(""), new Cell(""), new Cell(""), new Cell(model.Text("reason") ?? "")]];
        return prices.Select((price, i) => (Cell[])
        [
            .. i == 0 ? start : [new Cell(""), new Cell(""), new Cell("")],
            new Cell(price.Text("price") ?? ""), Cell.Of(price.Text("old")), Cell.Of(price.Text("new")), Cell.Of(price.Text("ratio")), new Cell(price.Text("warning") ?? "", Tone.Warning),
        ]);
    }

    private static string Count(JsonElement totals, string name) => $"{totals.Whole(name) ?? 0:#,##0}";
}
