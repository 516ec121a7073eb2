using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Directories;

/// <summary><c>budgetproxy apply</c>: makes the directory of a running proxy what a file says, once it has shown what that changes.</summary>
internal sealed class ApplyCommand : ProxyCommand
{
    private new const string Examples = """
        budgetproxy apply -f directory.yaml                    shows what the file would change, asks, and does it
        budgetproxy apply -f directory.yaml --dry-run          only shows it; exit code 7 where something would change, 0 where nothing would
        budgetproxy apply -f directory.yaml --prune --yes      deletes what the file lacks too, and does not ask
        CI_KEY=bp_... budgetproxy apply -f directory.yaml      keys that the file names by `env` are read here, and go to the proxy as their SHA-256 only
        """;

    private readonly Option<string> _file = new("--file", "-f") { Description = "The directory file (YAML); - is standard input", HelpName = "file", Required = true };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only show what would change; takes a key of any role" };
    private readonly Option<bool> _prune = new("--prune") { Description = "Also delete what the file lacks: tenants and plans, and budgets and keys of the tenants in it; tenants with a prepaid balance stay" };
    private readonly Confirmation _confirmation = new();

    public ApplyCommand()
        : base("apply", "Make tenants, plans, keys and budgets what a file says, after showing what that changes.", Examples) =>
        Takes(_file, _dryRun, _prune, _confirmation.Yes);

    /// <summary>A first file of very many tenants takes minutes, since each budget is counted from the ledger.</summary>
    protected override TimeSpan? UsualPatience => TimeSpan.FromMinutes(30);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (dryRun, yes) = (call.Get(_dryRun), call.Get(_confirmation.Yes));
        if (dryRun && yes)
            throw CommandException.Misuse("--dry-run and --yes: give one of the two.");
        if (call.Json && !dryRun && !yes)
            throw CommandException.Misuse("--json asks nothing: give --yes to apply, or --dry-run to look.");
        var name = call.Get(_file)!;
        var asks = !dryRun && !yes;
        // A file that is not there is told first; standard input is not waited for in vain.
        var text = asks && name == "-" ? "" : LocalFile.Read(name);
        if (asks && (name == "-" || Console.IsInputRedirected))
            throw CommandException.Misuse("There is nobody to ask here: give --yes to apply, or --dry-run to look.");
        var file = LocalKeys.Hide(text, name);
        var table = new PlanTable(call.Terminal);
        if (yes)
            return Finish(call, table, await SendAsync(call, file, apply: true, cancellationToken), isShown: false);
        var plan = await SendAsync(call, file, apply: false, cancellationToken);
        if (call.Json)
            JsonText.Print(plan);
        else
            table.Write(plan);
        if (plan.GetProperty("changes").GetArrayLength() == 0)
            return ExitCode.Done;
        if (dryRun || !_confirmation.Ask(call, "Apply this?"))
            return ExitCode.Pending;
        return Finish(call, table, await SendAsync(call, file, apply: true, cancellationToken), isShown: true);
    }

    private static int Finish(CommandCall call, PlanTable table, JsonElement answer, bool isShown)
    {
        if (call.Json)
            JsonText.Print(answer);
        else if (isShown)
            call.Terminal.Strong($"Applied: {PlanTable.Sum(answer)}.");
        else
            table.Write(answer, applied: true);
        return ExitCode.Done;
    }

    /// <summary>Has the file planned or applied, and shows warnings on standard error.</summary>
    /// <exception cref="CommandException">The file has errors; or the proxy can't be reached, or refuses for another reason.</exception>
    private async Task<JsonElement> SendAsync(CommandCall call, string file, bool apply, CancellationToken cancellationToken)
    {
        var path = AdminQuery.Of("directory").With("prune", call.Get(_prune) ? "true" : null).With("apply", apply ? "true" : null).ToString();
        var name = call.Get(_file)!;
        try
        {
            using var content = new StringContent(file, Encoding.UTF8, "application/yaml");
            var answer = (await call.Client.PostAsync(path, content, cancellationToken)).Json;
            Warn(answer, name);
            return answer;
        }
        catch (ProxyRefusal refusal) when (refusal.Status == HttpStatusCode.BadRequest && Lines(refusal.Document, "errors", name) is { Count: > 0 } errors)
        {
            Warn(refusal.Document, name);
            throw new CommandException($"{string.Join('\n', errors)}\n{errors.Count:N0} {(errors.Count == 1 ? "error" : "errors")}; nothing was changed.");
        }
    }

    private static void Warn(JsonElement answer, string name)
    {
        foreach (var warning in Lines(answer, "warnings", name))
            Console.Error.WriteLine("Warning: " + warning);
    }

    private static List<string> Lines(JsonElement answer, string list, string name) =>
        answer.TryGetProperty(list, out var all) && all.ValueKind == JsonValueKind.Array ? [.. all.EnumerateArray().Select(one => Line(one, name))] : [];

    private static string Line(JsonElement one, string name)
    {
        var path = one.GetProperty("path").GetString();
        return Terminal.Clean($"{name}:{one.GetProperty("line").GetInt32()}:{one.GetProperty("column").GetInt32()}: {(path is { Length: > 0 } ? path + ": " : "")}{one.GetProperty("message").GetString()}");
    }
}
