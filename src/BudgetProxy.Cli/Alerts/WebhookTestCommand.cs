using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Alerts;

/// <summary><c>alerts webhooks test</c>.</summary>
internal sealed class WebhookTestCommand : ProxyCommand
{
    private readonly Argument<string> _name = Named.Of("name", "The webhook's name");

    public WebhookTestCommand()
        : base("test", "Sends a test now; exit code 1 where it was not taken", "budgetproxy alerts webhooks test ops") => Takes(_name);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var name = call.Get(_name);
        var result = (await call.Client.PostAsync(AdminQuery.Path("alerts", "webhooks", name, "test"), new JsonObject(), cancellationToken)).Json;
        var taken = result.Is("delivered");
        if (call.Json)
            JsonText.Print(result);
        else if (taken)
            call.Terminal.Line($"Webhook {name} took the test: {result.Text("status")} in {result.Text("milliseconds")} ms.");
        else
            await Console.Error.WriteLineAsync($"Webhook {name} did not take the test: {result.Text("error") ?? result.Text("status")}");
        return taken ? ExitCode.Done : ExitCode.Failed;
    }
}
