using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Cli.Rates;

/// <summary><c>rates rerate</c>: a past period priced again by the rates of now.</summary>
internal sealed class RatesRerateCommand : ProxyCommand
{
    private readonly PeriodOptions _period = new();
    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only this tenant", HelpName = "id" };
    private readonly Option<string?> _provider = new("--provider") { Description = "Only this provider", HelpName = "openai" };
    private readonly Option<string?> _model = new("--model") { Description = "Only this model", HelpName = "id" };
    private readonly Option<bool> _apply = new("--apply") { Description = "Show, ask, and book the difference" };
    private readonly Confirmation _confirmation = new();

    public RatesRerateCommand()
        : base(
            "rerate", "Prices booked calls of a period again, and with --apply books the difference as entries of their own",
            """
            budgetproxy rates rerate --from 2026-11-01
            budgetproxy rates rerate --last 7d --model gpt-4o-mini --apply
            """)
    {
        Takes(_period.All);
        Takes(_tenant, _provider, _model, _apply, _confirmation.Yes);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (from, to) = _period.Read(call, TimeProvider.System.GetUtcNow());
        if (from is null)
            throw CommandException.Misuse("Name the period: --from, --last, --month, --today or --yesterday.");
        var body = new JsonObject { ["from"] = PeriodOptions.Text(from), ["tenant"] = call.Get(_tenant), ["provider"] = call.Get(_provider), ["model"] = call.Get(_model) };
        // A month that is not over ends now: what is still to come can't be shown.
        if (to is not null && to <= TimeProvider.System.GetUtcNow())
            body["to"] = PeriodOptions.Text(to);
        var preview = (await call.Client.PostAsync("rates/rerate", body, cancellationToken)).Json;
        if (!call.Get(_apply))
        {
            Show(call, preview);
            return ExitCode.Done;
        }

        if (!call.Json)
            Show(call, preview);
        if (!_confirmation.Ask(call, "Book the difference?"))
            return ExitCode.Failed;
        body["to"] = preview.Text("to");
        body["from"] = preview.Text("from");
        body["id"] = preview.Text("id");
        body["apply"] = true;
        var applied = (await call.Client.PostAsync("rates/rerate", body, cancellationToken)).Json;
        return call.Done($"Booked: {applied.Whole("total.changed") ?? 0:#,##0} entries changed by {Difference(applied.Field("total"))}.", applied);
    }

    private static void Show(CommandCall call, JsonElement report)
    {
        if (call.Json)
        {
            JsonText.Print(report);
            return;
        }

        var table = new Table(
            call.Terminal,
            [Column.Text("Model"), Column.Number("Entries"), Column.Number("Changed"), Column.Number("Cost before"), Column.Number("Cost after"), Column.Number("Difference"), Column.Number("Charged difference")]);
        var models = report.Field("byModel") is { ValueKind: JsonValueKind.Object } all ? [.. all.EnumerateObject()] : new List<JsonProperty>();
        table.Write([.. models.Select(model => Row(model.Name, model.Value))], Row("Total", report.Field("total") ?? default));
        if (models.Count == 0)
            call.Terminal.Line("There are no entries to price again in this time.");
        foreach (var (name, reason) in new[] { ("leftOut.priceUnknown", "their price then is not kept"), ("leftOut.markupUnknown", "their markup then is not kept") })
        {
            if (report.Whole(name) is > 0 and var count)
                call.Terminal.Line($"{count:#,##0} entries are left out: {reason}.");
        }
    }

    private static Cell[] Row(string name, JsonElement sums) =>
    [
        new Cell(name), Cell.Of(sums.Whole("entries")), Cell.Of(sums.Whole("changed")), Cell.Money(sums.Usd("costBeforeUsd")), Cell.Money(sums.Usd("costAfterUsd")),
        Cell.Money(sums.Usd("costDifferenceUsd")), Cell.Money(sums.Usd("chargedDifferenceUsd")),
    ];

    private static string Difference(JsonElement? total) => MoneyText.Of(total?.Usd("costDifferenceUsd") ?? NanoUsd.Zero);
}
