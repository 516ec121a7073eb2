using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Alerts;

/// <summary><c>alerts webhooks delete</c>.</summary>
internal sealed class WebhookDeleteCommand : ProxyCommand
{
    private readonly Argument<string> _name = Named.Of("name", "The webhook's name");
    private readonly Confirmation _confirmation = new();

    public WebhookDeleteCommand()
        : base("delete", "Deletes a webhook: it is told of nothing more", "budgetproxy alerts webhooks delete ops --yes") => Takes(_name, _confirmation.Yes);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var name = call.Get(_name);
        var path = AdminQuery.Path("alerts", "webhooks", name);
        await call.Client.GetAsync(path, cancellationToken);
        if (!_confirmation.Ask(call, $"Delete webhook {name}?"))
            return ExitCode.Failed;
        await call.Client.DeleteAsync(path, cancellationToken);
        return call.Done($"Webhook {name} is deleted.");
    }
}
