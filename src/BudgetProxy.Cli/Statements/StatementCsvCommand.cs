using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Statements;

/// <summary><c>statements csv</c>: the totals, or every entry, as lines.</summary>
internal sealed class StatementCsvCommand : ProxyCommand
{
    private readonly StatementOptions _which = new();
    private readonly Option<bool> _entries = new("--entries") { Description = "Every entry of the month in place of its totals" };
    private readonly Option<bool> _jsonLines = new("--jsonl") { Description = "With --entries: a line of JSON each" };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Into this file, which is there only once it is whole", HelpName = "file" };

    public StatementCsvCommand()
        : base(
            "csv", "One month of a tenant as lines: its totals, or every entry, streamed",
            """
            budgetproxy statements csv acme 2026-11
            budgetproxy statements csv acme 2026-11 --entries --for us -o acme-november.csv
            """)
    {
        Takes(_which.All);
        Takes(_entries, _jsonLines, _output);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        if (call.Json)
            throw CommandException.Misuse("--json is what 'statements show' gives; here it is CSV, or with --entries --jsonl lines of JSON.");
        if (call.Get(_jsonLines) && !call.Get(_entries))
            throw CommandException.Misuse("--jsonl: is for entries: add --entries.");
        var lines = _which.Question(call).With("format", call.Get(_jsonLines) ? "jsonl" : "csv").With("detail", call.Get(_entries) ? "entries" : null);
        var download = new LinesDownload(call.Client, lines, !call.Get(_entries) ? null : async stop =>
        {
            var statement = (await call.Client.GetAsync(_which.Question(call), stop)).Json;
            return (statement.Whole("total.calls") ?? 0) + (statement.Whole("total.corrections") ?? 0);
        });
        await (call.Get(_output) is { } file && file != "-" ? download.ToFileAsync(call, file, cancellationToken) : download.ToOutputAsync(cancellationToken));
        return ExitCode.Done;
    }
}
