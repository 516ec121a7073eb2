using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Cli.Stripe;

/// <summary><c>stripe write-off</c>.</summary>
internal sealed class StripeWriteOffCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Option<string> _reason = new("--reason") { Description = "Why; it stands in the audit trail", HelpName = "text", Required = true };
    private readonly Confirmation _confirmation = new();

    public StripeWriteOffCommand()
        : base("write-off", "Gives up for good what of a tenant was never sent; what may have arrived at Stripe stays", "budgetproxy stripe write-off acme --reason 'trial, never billed' --yes") =>
        Takes(_tenant, _reason, _confirmation.Yes);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var tenant = call.Get(_tenant);
        var path = AdminQuery.Path("exports", "stripe", "tenants", tenant, "write-off");
        if (!_confirmation.Ask(call, $"Give up all of {tenant} that was never sent to Stripe? It is billed to nobody then."))
            return ExitCode.Failed;
        var given = (await call.Client.PostAsync(path, new JsonObject { ["reason"] = call.Get(_reason) }, cancellationToken)).Json;
        return call.Done($"{given.Whole("buckets") ?? 0:#,##0} buckets of {tenant} are written off: {MoneyText.Of(given.Usd("usd") ?? NanoUsd.Zero)}.", given);
    }
}
