using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Alerts;

/// <summary><c>alerts retry</c>.</summary>
internal sealed class DeliveryRetryCommand : ProxyCommand
{
    private readonly Argument<string> _id = Named.Of("id", "The delivery's id, as `alerts deliveries` shows it");

    public DeliveryRetryCommand()
        : base("retry", "Tries a delivery that failed, or waits, again at once", "budgetproxy alerts retry dlv_01a2") => Takes(_id);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var id = call.Get(_id);
        await call.Client.PostAsync(AdminQuery.Path("alerts", "deliveries", id, "retry"), new JsonObject(), cancellationToken);
        return call.Done($"Delivery {id} is tried again.");
    }
}
