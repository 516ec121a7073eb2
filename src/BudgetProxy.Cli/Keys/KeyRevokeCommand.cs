using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Keys;

/// <summary><c>keys revoke</c>.</summary>
internal sealed class KeyRevokeCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Argument<string> _id = Named.Of("id", "The key's id, as `keys list` shows it");
    private readonly Confirmation _confirmation = new();

    public KeyRevokeCommand()
        : base("revoke", "Ends a key for good", "budgetproxy keys revoke acme key_01a2\nbudgetproxy keys revoke acme key_01a2 --yes") =>
        Takes(_tenant, _id, _confirmation.Yes);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (tenant, id) = (call.Get(_tenant), call.Get(_id));
        if (!_confirmation.Ask(call, $"Revoke key {id} of tenant {tenant}? Calls with it are refused from then on, for good."))
            return ExitCode.Failed;
        await call.Client.DeleteAsync(AdminQuery.Path("tenants", tenant, "keys", id), cancellationToken);
        return call.Done($"Key {id} of tenant {tenant} is revoked.");
    }
}
