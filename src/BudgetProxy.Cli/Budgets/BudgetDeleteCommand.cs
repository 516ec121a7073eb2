using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Budgets;

/// <summary><c>budgets delete</c>.</summary>
internal sealed class BudgetDeleteCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Argument<string> _name = Named.Of("name", "The budget's name");
    private readonly Confirmation _confirmation = new();

    public BudgetDeleteCommand()
        : base("delete", "Deletes a budget: it limits nothing from the next call on", "budgetproxy budgets delete acme monthly\nbudgetproxy budgets delete acme monthly --yes") =>
        Takes(_tenant, _name, _confirmation.Yes);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (tenant, name) = (call.Get(_tenant), call.Get(_name));
        var path = AdminQuery.Path("tenants", tenant, "budgets", name);
        var found = await call.Client.GetAsync(path, cancellationToken);
        if (!_confirmation.Ask(call, $"Delete budget {name} of tenant {tenant}? It limits nothing from then on."))
            return ExitCode.Failed;
        await call.Client.DeleteAsync(path, PutCondition.Unchanged(found.ETag), cancellationToken);
        return call.Done($"Budget {name} of tenant {tenant} is deleted.");
    }
}
