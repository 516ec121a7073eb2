using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Tenants;

/// <summary><c>tenants suspend</c> and <c>tenants resume</c>.</summary>
internal sealed class TenantSuspendCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly bool _suspend;

    public TenantSuspendCommand(bool suspend)
        : base(
            suspend ? "suspend" : "resume", suspend ? "Refuses a tenant's calls, until it is resumed; keys, budgets and ledger stay" : "Lets a suspended tenant call again",
            suspend ? "budgetproxy tenants suspend acme" : "budgetproxy tenants resume acme")
    {
        _suspend = suspend;
        Takes(_tenant);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var id = call.Get(_tenant);
        var path = AdminQuery.Path("tenants", id);
        // A tenant that is not there is not made by this.
        await call.Client.GetAsync(path, cancellationToken);
        var change = await new Definition(call.Client, path, TenantSetCommand.OnlyShown).SetAsync(body => body["suspended"] = JsonValue.Create(_suspend), mustBeNew: false, cancellationToken);
        var so = _suspend ? "suspended: its calls are refused" : "active";
        return call.Done($"Tenant {id} is {so}{(change.Differences.Count == 0 ? ", as it was before" : "")}.", change.Document);
    }
}
