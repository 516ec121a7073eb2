using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Invoices;

/// <summary><c>invoices compare</c>.</summary>
internal sealed class InvoicesCompareCommand : ProxyCommand
{
    private readonly Argument<string> _provider = Named.Of("provider", "openai or anthropic");
    private readonly Option<bool> _days = new("--days") { Description = "By day and model, in place of by model" };
    private readonly Option<bool> _csv = new("--csv") { Description = "CSV by day and model, as the API gives it" };
    private readonly PeriodOptions _period = new();

    public InvoicesCompareCommand()
        : base(
            "compare", "What a provider billed and what the ledger says, with the difference; all that was imported where no period is named",
            """
            budgetproxy invoices compare openai
            budgetproxy invoices compare anthropic --month 2026-11 --days
            budgetproxy invoices compare openai --month 2026-11 --csv > november.csv
            """)
    {
        Takes(_provider);
        Takes(_period.All);
        Takes(_days, _csv);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        if (call.Json && call.Get(_csv))
            throw CommandException.Misuse("--json and --csv: give one of the two.");
        var (from, to) = _period.Read(call, TimeProvider.System.GetUtcNow());
        var question = AdminQuery.Of("invoices", "comparison").With("provider", call.Get(_provider)).With("from", PeriodOptions.Text(from)).With("to", PeriodOptions.Text(to));
        if (call.Get(_csv))
        {
            using var response = await call.Client.OpenAsync(question.With("format", "csv"), cancellationToken);
            await using var output = Console.OpenStandardOutput();
            await response.Content.CopyToAsync(output, cancellationToken);
            return ExitCode.Done;
        }

        var answer = (await call.Client.GetAsync(question, cancellationToken)).Json;
        if (call.Json)
            JsonText.Print(answer);
        else
            Write(call, answer);
        return ExitCode.Done;
    }

    private void Write(CommandCall call, JsonElement answer)
    {
        var byDay = call.Get(_days);
        List<Column> columns = byDay ? [new Column("Day")] : [];
        columns.AddRange([Column.Text("Model"), Column.Number("Invoice"), Column.Number("Ledger"), Column.Number("Difference"), Column.Number("Percent"), Column.Text("Notes")]);
        new Table(call.Terminal, columns).Write(
        [
            .. answer.Items(byDay ? "lines" : "models").Select(line => Row(line, byDay ? [Cell.Of(line.Text("day"))] : [], line.Text("model") is { Length: > 0 } model ? model : "(not said)")),
            .. answer.Field("totals") is { } totals ? new[] { Row(totals, byDay ? [new Cell("")] : [], "Total") } : [],
        ]);
        var missing = answer.Items("missingDays").ToList();
        if (missing.Count > 0)
            call.Terminal.Wrapped($"No invoice covers {missing.Count} of the days, the first {missing[0].GetString()}: they are not compared.", 2);
        if (answer.Usd("unmatchedUsd") is { Value: not 0 } unmatched)
            call.Terminal.Wrapped($"{MoneyText.Of(unmatched)} were billed for what is no model of the rate card.", 2);
    }

    private static Cell[] Row(JsonElement line, Cell[] before, string name) =>
    [
        .. before, Cell.Of(name), Cell.Money(line.Usd("invoiceUsd")), Cell.Money(line.Usd("ledgerUsd")), Cell.Money(line.Usd("differenceUsd")),
        new Cell(line.Number("differencePercent") is { } percent ? $"{percent:0.####} %" : ""), new Cell(line.Field("matched") is { ValueKind: JsonValueKind.False } ? "not on the rate card" : ""),
    ];
}
