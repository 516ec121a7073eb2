using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.AdminKeys;

/// <summary><c>admin-keys delete</c>.</summary>
internal sealed class AdminKeyDeleteCommand : ProxyCommand
{
    private readonly Argument<string> _id = Named.Of("id", "The key's id, as `admin-keys list` shows it");
    private readonly Confirmation _confirmation = new();

    public AdminKeyDeleteCommand()
        : base("delete", "Ends an admin key for good", "budgetproxy admin-keys delete adm_01a2 --yes") => Takes(_id, _confirmation.Yes);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var id = call.Get(_id);
        if (!_confirmation.Ask(call, $"Delete admin key {id}? Who has it is locked out."))
            return ExitCode.Failed;
        await call.Client.DeleteAsync(AdminQuery.Path("admin-keys", id), cancellationToken);
        return call.Done($"Admin key {id} is deleted.");
    }
}
