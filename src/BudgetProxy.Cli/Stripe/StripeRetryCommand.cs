using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Stripe;

/// <summary><c>stripe retry</c>.</summary>
internal sealed class StripeRetryCommand : ProxyCommand
{
    private readonly Argument<string> _id = Named.Of("id", "The bucket's id, as `stripe buckets` shows it, or its identifier bp1:…");

    public StripeRetryCommand()
        : base("retry", "Has a bucket that is parked, dead or unknown tried again; what may have arrived is compared first, but for what Stripe said it threw away", "budgetproxy stripe retry 01a2b3c4-…") => Takes(_id);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var bucket = (await call.Client.PostAsync(AdminQuery.Path("exports", "stripe", "buckets", call.Get(_id), "retry"), new JsonObject(), cancellationToken)).Json;
        return call.Done($"The bucket of {Terminal.Clean(bucket.Text("tenant") ?? "")}, {Cell.Time(bucket.Text("hour")).Text}, is {bucket.Text("state")} and is tried at once.", bucket);
    }
}
