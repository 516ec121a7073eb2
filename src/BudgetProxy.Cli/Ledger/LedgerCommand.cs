using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Ledger;

/// <summary><c>budgetproxy ledger</c>: the latest calls, or all entries as a file.</summary>
internal sealed class LedgerCommand : ListCommand
{
    private const int LatestCalls = 20;

    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only this tenant", HelpName = "id" };
    private readonly Option<string?> _user = new("--user") { Description = "Only this user", HelpName = "id" };
    private readonly Option<string?> _model = new("--model") { Description = "Only this model", HelpName = "id" };
    private readonly Option<string?> _project = new("--project") { Description = "With --jsonl or --csv: only this project", HelpName = "id" };
    private readonly Option<string?> _status = new("--status") { Description = "Only calls that the provider answered with this HTTP status", HelpName = "200" };
    private readonly Option<bool> _jsonLines = new("--jsonl") { Description = "All entries of the period, a line of JSON each, oldest first" };
    private readonly Option<bool> _csv = new("--csv") { Description = "The same as CSV" };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Into this file, which is there only once it is whole; .csv and .jsonl say the form", HelpName = "file" };
    private readonly PeriodOptions _period = new();

    public LedgerCommand()
        : base(
            "ledger", "The latest calls; with --jsonl or --csv all entries of a period, streamed",
            """
            budgetproxy ledger --tenant acme
            budgetproxy ledger --limit 100 --status 500
            budgetproxy ledger --month 2026-11 -o november.csv
            budgetproxy ledger --tenant acme --last 7d --jsonl | jq -r .costUsd
            """,
            LatestCalls)
    {
        Takes(_tenant, _user, _model, _project, _status);
        TakesPaging();
        Takes(_period.All);
        Takes(_jsonLines, _csv, _output);
    }

    protected override int PageSize => 200;

    protected override IReadOnlyList<Column> Columns { get; } =
    [
        new Column("Time (UTC)"), Column.Text("Tenant"), Column.Text("User"), Column.Text("Model"), Column.Number("Input"), Column.Number("Cached"), Column.Number("Output"),
        Column.Number("Reserved"), Column.Number("Cost"), Column.Number("Charged"), Column.Number("Status"), new Column("Notes"),
    ];

    protected override AdminQuery Question(CommandCall call) =>
        AdminQuery.Of("calls").With("tenant", call.Get(_tenant)).With("user", call.Get(_user)).With("model", call.Get(_model)).With("status", call.Get(_status));

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item)
    {
        var status = item.Whole("status");
        yield return
        [
            Cell.Time(item.Text("settledAt")), Cell.Of(item.Text("tenant")), Cell.Of(item.Text("user")), Cell.Of(item.Text("model")),
            Cell.Of((item.Whole("tokens.input") ?? 0) + (item.Whole("tokens.cachedInput") ?? 0) + (item.Whole("tokens.cacheWriteShort") ?? 0) + (item.Whole("tokens.cacheWriteLong") ?? 0)),
            Cell.Of(item.Whole("tokens.cachedInput")), Cell.Of(item.Whole("tokens.output")), Cell.Money(item.Usd("reservedUsd")), Cell.Money(item.Usd("costUsd")),
            Cell.Money(item.Usd("chargedUsd")), status == 0 ? new Cell("none", Tone.Warning) : new Cell($"{status}", status is >= 200 and < 300 ? Tone.Plain : Tone.Warning), new Cell(NotesOf(item)),
        ];
    }

    protected override string Nothing(CommandCall call) => "There are no such calls.";

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (from, to) = _period.Read(call, TimeProvider.System.GetUtcNow());
        var format = FormatOf(call);
        if (format is null)
        {
            if (from is not null || to is not null || call.Get(_project) is not null)
                throw CommandException.Misuse("A period or --project is for entries: add --jsonl, --csv or -o. Without these the latest calls are shown.");
            return await base.RunAsync(call, cancellationToken);
        }

        if (call.Get(_status) is not null || HasLimit(call))
            throw CommandException.Misuse("--status and --limit are for the latest calls: leave them out, or leave --jsonl, --csv and -o out.");
        AdminQuery Filter(params ReadOnlySpan<string> path) => AdminQuery.Of(path).With("tenant", call.Get(_tenant)).With("user", call.Get(_user)).With("project", call.Get(_project))
            .With("model", call.Get(_model)).With("from", PeriodOptions.Text(from)).With("to", PeriodOptions.Text(to));
        var usage = Filter("usage");
        var download = new LinesDownload(
            call.Client, Filter("ledger").With("format", format),
            async stop => (await call.Client.GetAsync(usage, stop)).Json.Items("items").Sum(item => item.Whole("requests") ?? 0));
        await (call.Get(_output) is { } file && file != "-" ? download.ToFileAsync(call, file, cancellationToken) : download.ToOutputAsync(cancellationToken));
        return ExitCode.Done;
    }

    /// <summary>The form of the entries; null = the latest calls as a table.</summary>
    private string? FormatOf(CommandCall call)
    {
        if (call.Get(_jsonLines) && call.Get(_csv))
            throw CommandException.Misuse("--jsonl and --csv: give one of the two.");
        var named = call.Get(_jsonLines) ? "jsonl" : call.Get(_csv) ? "csv" : null;
        if (call.Json && named is not null)
            throw CommandException.Misuse("--json is for the latest calls: leave it out, or leave --jsonl and --csv out.");
        if (named is not null || call.Get(_output) is not { } file)
            return named;
        return Path.GetExtension(file) switch
        {
            ".csv" => "csv",
            ".jsonl" or ".ndjson" => "jsonl",
            _ => throw CommandException.Misuse($"--output: '{file}' ends in neither .csv nor .jsonl: say which with --csv or --jsonl."),
        };
    }

    private static string NotesOf(JsonElement item)
    {
        var notes = new List<string>();
        if (item.Text("basis") is { } basis and not "reported")
            notes.Add(basis);
        if (item.Usd("overrunUsd") is { Value: > 0 } overrun)
            notes.Add("overrun " + MoneyText.Of(overrun));
        if (item.Text("adjusts") is not null)
            notes.Add("adjusts an earlier entry");
        if (item.Text("rate") is null)
            notes.Add("unpriced");
        return string.Join(", ", notes);
    }
}
