using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Alerts;

/// <summary><c>alerts webhooks secret</c>.</summary>
internal sealed class WebhookSecretCommand : ProxyCommand
{
    private readonly Argument<string> _name = Named.Of("name", "The webhook's name");
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print the secret and nothing else" };

    public WebhookSecretCommand()
        : base("secret", "Makes a new secret to sign with; the one before signs too for a while", "budgetproxy alerts webhooks secret ops\nbudgetproxy alerts webhooks secret ops --quiet") => Takes(_name, _quiet);

    public static void Show(CommandCall call, string secret)
    {
        new Facts().Add("Secret", secret, Tone.Strong).Write(call.Terminal);
        call.Terminal.Wrapped("Deliveries are signed with it. It is shown this once: keep it now.", 0);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var webhook = (await call.Client.PostAsync(AdminQuery.Path("alerts", "webhooks", call.Get(_name), "secret"), new JsonObject(), cancellationToken)).Json;
        if (call.Get(_quiet))
            Console.WriteLine(webhook.Text("secret"));
        else if (call.Json)
            JsonText.Print(webhook);
        else
        {
            Show(call, webhook.Text("secret") ?? "");
            if (webhook.Text("oldSecretUntil") is { } until)
                call.Terminal.Wrapped($"The one before signs too until {until}.", 0);
        }

        return ExitCode.Done;
    }
}
