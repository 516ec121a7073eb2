using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Stripe;

/// <summary><c>stripe run</c>.</summary>
internal sealed class StripeRunCommand : ProxyCommand
{
    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Ask once, and come back with how far it is; exit code 7 where it goes on" };

    public StripeRunCommand()
        : base(
            "run", "Sends all usage up to now, and waits until that is done; exit code 1 where it is stopped, or something waits for a person",
            "budgetproxy stripe run\nbudgetproxy stripe run --json") => Takes(_noWait);

    /// <summary>One call answers after a minute at most.</summary>
    protected override TimeSpan? UsualPatience => TimeSpan.FromMinutes(2);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var path = AdminQuery.Path("exports", "stripe");
        var export = (await call.Client.PostAsync(path, new JsonObject(), cancellationToken)).Json;
        if (!call.Get(_noWait))
            export = await WaitAsync(call, path, export, cancellationToken);
        if (call.Json)
            JsonText.Print(export);
        else
            ExportFacts.Write(call, export);
        if (!export.Is("finished"))
            return ExitCode.Pending;
        return ExportFacts.IsWell(export) ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<JsonElement> WaitAsync(CommandCall call, string path, JsonElement export, CancellationToken cancellationToken)
    {
        var first = Waiting(export);
        using var progress = new ProgressLine("buckets sent", first);
        while (!export.Is("finished") && export.Field("stopped") is null)
        {
            if (ProgressLine.IsWanted)
                progress.Show(Math.Max(0, first - Waiting(export)));
            export = (await call.Client.PostAsync(path, new JsonObject(), cancellationToken)).Json;
        }

        return export;
    }

    private static long Waiting(JsonElement export) => ExportFacts.Buckets(export, "pending") + ExportFacts.Buckets(export, "sending") + ExportFacts.Buckets(export, "unknown");
}
