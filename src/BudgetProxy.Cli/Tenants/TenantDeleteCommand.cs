using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Tenants;

/// <summary><c>tenants delete</c>.</summary>
internal sealed class TenantDeleteCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Option<string> _discardBalance = new("--discard-balance")
    {
        Description = "The prepaid balance in USD that goes with the tenant, credit less spent; where there is more, nothing is deleted", HelpName = "12.50",
    };


    private readonly Confirmation _confirmation = new();

    public TenantDeleteCommand()
        : base("delete", "Deletes a tenant with its keys and budgets; its ledger stays", "budgetproxy tenants delete acme\nbudgetproxy tenants delete acme --yes") =>
        Takes(_tenant, _discardBalance, _confirmation.Yes);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var id = call.Get(_tenant);
        var path = AdminQuery.Path("tenants", id);
        var found = await call.Client.GetAsync(path, cancellationToken);
        var discards = call.Get(_discardBalance);
        if (!_confirmation.Ask(call, $"Delete tenant {id} with its keys and budgets{(discards is null ? "" : $", and its prepaid balance of {discards} USD")}? Its ledger stays."))
            return ExitCode.Failed;
        await call.Client.DeleteAsync(AdminQuery.Of("tenants", id).With("discardBalance", discards).ToString(), PutCondition.Unchanged(found.ETag), cancellationToken);
        return call.Done($"Tenant {id} is deleted.");
    }
}
