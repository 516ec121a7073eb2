using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Stripe;

/// <summary><c>stripe status</c>.</summary>
internal sealed class StripeStatusCommand : ProxyCommand
{
    public StripeStatusCommand()
        : base("status", "How far the export is; exit code 1 where it is off or stopped, or something waits for a person", "budgetproxy stripe status\nbudgetproxy stripe status --json | jq .states")
    {
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var export = (await call.Client.GetAsync(AdminQuery.Of("exports", "stripe"), cancellationToken)).Json;
        if (call.Json)
            JsonText.Print(export);
        else
            ExportFacts.Write(call, export);
        return ExportFacts.IsWell(export) ? ExitCode.Done : ExitCode.Failed;
    }
}
