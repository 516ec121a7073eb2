using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Stripe;

/// <summary><c>stripe resend</c>.</summary>
internal sealed class StripeResendCommand : ProxyCommand
{
    private readonly Argument<string> _id = Named.Of("id", "The bucket's id, as `stripe buckets` shows it, or its identifier bp1:…");

    public StripeResendCommand()
        : base(
            "resend", "Sends a bucket anew that Stripe took and does not have, as `reconcile` names it; Stripe's own sums must prove that",
            "budgetproxy stripe reconcile acme\nbudgetproxy stripe resend 01a2b3c4-…") => Takes(_id);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var bucket = (await call.Client.PostAsync(AdminQuery.Path("exports", "stripe", "buckets", call.Get(_id), "resend"), new JsonObject(), cancellationToken)).Json;
        return call.Done($"The bucket of {Terminal.Clean(bucket.Text("tenant") ?? "")}, {Cell.Time(bucket.Text("hour")).Text}, goes out under a new identifier, {bucket.Text("identifier")}.", bucket);
    }
}
