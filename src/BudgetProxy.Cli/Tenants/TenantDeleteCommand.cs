using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Tenants;

/// <summary><c>tenants delete</c>.</summary>
internal sealed class TenantDeleteCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Confirmation _confirmation = new();

    public TenantDeleteCommand()
        : base("delete", "Deletes a tenant with its keys and budgets; its ledger stays", "budgetproxy tenants delete acme\nbudgetproxy tenants delete acme --yes") =>
        Takes(_tenant, _confirmation.Yes);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var id = call.Get(_tenant);
        var path = AdminQuery.Path("tenants", id);
        var found = await call.Client.GetAsync(path, cancellationToken);
        if (!_confirmation.Ask(call, $"Delete tenant {id} with its keys and budgets? Its ledger stays."))
            return ExitCode.Failed;
        await call.Client.DeleteAsync(path, PutCondition.Unchanged(found.ETag), cancellationToken);
        return call.Done($"Tenant {id} is deleted.");
    }
}
