using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Plans;

/// <summary><c>plans delete</c>.</summary>
internal sealed class PlanDeleteCommand : ProxyCommand
{
    private readonly Argument<string> _plan = Named.Of("plan", "The plan's name");
    private readonly Confirmation _confirmation = new();

    public PlanDeleteCommand()
        : base("delete", "Deletes a plan that no tenant is on", "budgetproxy plans delete pro\nbudgetproxy plans delete pro --yes") => Takes(_plan, _confirmation.Yes);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var name = call.Get(_plan);
        var path = AdminQuery.Path("plans", name);
        var found = await call.Client.GetAsync(path, cancellationToken);
        if (!_confirmation.Ask(call, $"Delete plan {name}?"))
            return ExitCode.Failed;
        await call.Client.DeleteAsync(path, PutCondition.Unchanged(found.ETag), cancellationToken);
        return call.Done($"Plan {name} is deleted.");
    }
}
