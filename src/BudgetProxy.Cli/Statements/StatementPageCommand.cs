using System.CommandLine;
using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Statements;

/// <summary><c>statements page</c>: a page to print, or to send to the customer.</summary>
internal sealed class StatementPageCommand : ProxyCommand
{
    private readonly StatementOptions _which = new();
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Into this file, which is there only once it is whole", HelpName = "file.html" };

    public StatementPageCommand()
        : base(
            "page", "One month of a tenant as a page to print or to send: HTML, whole in itself",
            """
            budgetproxy statements page acme 2026-11 -o acme-november.html
            budgetproxy statements page acme 2026-11 --for us > internal.html
            """)
    {
        Takes(_which.All);
        Takes(_output);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        if (call.Json)
            throw CommandException.Misuse("--json is what 'statements show' gives; here it is HTML.");
        var download = new LinesDownload(call.Client, _which.Question(call).With("format", "html"), null);
        await (call.Get(_output) is { } file && file != "-" ? download.ToFileAsync(call, file, cancellationToken) : download.ToOutputAsync(cancellationToken));
        return ExitCode.Done;
    }
}
