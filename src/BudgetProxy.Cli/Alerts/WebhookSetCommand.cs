using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Alerts;

/// <summary><c>alerts webhooks set</c>.</summary>
internal sealed class WebhookSetCommand : ProxyCommand
{
    private readonly Argument<string> _name = Named.Of("name", "The webhook's name");
    private readonly Option<bool> _new = new("--new") { Description = "Only make it: fails where there is one of this name" };

    public WebhookSetCommand()
        : base(
            "set", "Makes a webhook, or changes what is named and leaves the rest; a new one's secret is shown this once",
            """
            budgetproxy alerts webhooks set ops --to https://alerts.example.com/budgets
            budgetproxy alerts webhooks set ops --events budget.threshold,store.outage --tenants acme
            budgetproxy alerts webhooks set ops --enabled false
            """)
    {
        Fields.Text("--to", "url", "The address that alerts are sent to", "https://…")
            .List("--events", "events", $"Kinds of alerts, separated by commas; empty = all: {string.Join(", ", AlertKinds.All)}", "budget.threshold")
            .List("--tenants", "tenants", "Only of these tenants, separated by commas; empty = all", "acme")
            .Flag("--enabled", "enabled", "Whether it is told");
        Takes(_name);
        TakesFields();
        Takes(_new);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var name = call.Get(_name);
        var change = await new Definition(call.Client, AdminQuery.Path("alerts", "webhooks", name), "name", "disabledBecause", "createdAt", "secret", "oldSecretUntil")
            .SetAsync(body => Apply(call, body), call.Get(_new), cancellationToken);
        call.Done(change.InWords($"Webhook {name}"), change.Document);
        if (!call.Json && change.Document.Text("secret") is { } secret)
            WebhookSecretCommand.Show(call, secret);
        return ExitCode.Done;
    }

    private void Apply(CommandCall call, JsonObject body)
    {
        var isNew = body.Count == 0;
        Fields.Apply(call.Parsed, body);
        if (isNew && body["url"] is null)
            throw CommandException.Misuse("There is no such webhook yet, and a new one needs an address: --to.");
    }
}
