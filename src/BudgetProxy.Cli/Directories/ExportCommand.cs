using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Directories;

/// <summary><c>budgetproxy export</c>: the directory of a running proxy as a file.</summary>
internal sealed class ExportCommand : ProxyCommand
{
    private new const string Examples = """
        budgetproxy export -o directory.yaml                       begins to keep the directory as a file; it needs a key of the role admin
        budgetproxy export --schema -o directory.schema.json       what editors complete and check such a file by; takes any key
        """;

    private readonly Option<string?> _output = new("--output", "-o") { Description = "Write to this file in place of standard output", HelpName = "file" };
    private readonly Option<bool> _schema = new("--schema") { Description = "The JSON schema of such files instead" };

    public ExportCommand()
        : base("export", "Write tenants, plans, keys (as SHA-256) and budgets as a file that `apply` takes.", Examples) => Takes(_output, _schema);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        if (call.Json && !call.Get(_schema))
            throw CommandException.Misuse("--json: an export is YAML.");
        var query = call.Get(_schema) ? AdminQuery.Of("directory", "schema") : AdminQuery.Of("directory");
        using var response = await call.Client.OpenAsync(query, cancellationToken);
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        if (call.Get(_output) is { } path)
            await LocalFile.WriteAsync(path, content, cancellationToken);
        else
            await CopyAsync(content, cancellationToken);
        return ExitCode.Done;
    }

    private static async Task CopyAsync(Stream content, CancellationToken cancellationToken)
    {
        await using var output = Console.OpenStandardOutput();
        await content.CopyToAsync(output, cancellationToken);
    }
}
