using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Plans;

/// <summary><c>plans show</c>.</summary>
internal sealed class PlanShowCommand : ProxyCommand
{
    private readonly Argument<string> _plan = Named.Of("plan", "The plan's name");

    public PlanShowCommand()
        : base("show", "One plan and its budgets", "budgetproxy plans show pro\nbudgetproxy plans show pro --json > pro.json") => Takes(_plan);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var plan = (await call.Client.GetAsync(AdminQuery.Path("plans", call.Get(_plan)), cancellationToken)).Json;
        if (call.Json)
            JsonText.Print(plan);
        else
            PlanText.Write(call.Terminal, plan);
        return ExitCode.Done;
    }
}
