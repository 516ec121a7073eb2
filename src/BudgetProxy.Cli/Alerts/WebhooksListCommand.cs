using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Alerts;

/// <summary><c>alerts webhooks list</c>.</summary>
internal sealed class WebhooksListCommand : ListCommand
{
    public WebhooksListCommand()
        : base("list", "All webhooks", "budgetproxy alerts webhooks list\nbudgetproxy alerts webhooks list --json") => TakesPaging();

    protected override IReadOnlyList<Column> Columns { get; } = [Column.Text("Name"), Column.Text("Address"), Column.Text("Events"), Column.Text("Tenants"), Column.Text("State")];

    protected override AdminQuery Question(CommandCall call) => AdminQuery.Of("alerts", "webhooks");

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item) =>
        [[Cell.Of(item.Text("name")), Cell.Of(item.Text("url")), Cell.Of(item.Joined("events") ?? "all"), Cell.Of(item.Joined("tenants") ?? "all"), StateOf(item)]];

    protected override string Nothing(CommandCall call) => "Nobody is told of alerts. Make a webhook: budgetproxy alerts webhooks set ops --to https://alerts.example.com/budgets";

    private static Cell StateOf(JsonElement webhook)
    {
        if (webhook.Text("disabledBecause") is { } reason)
            return new Cell("off: " + reason, Tone.Bad);
        return webhook.Is("enabled") ? new Cell("on", Tone.Good) : new Cell("off", Tone.Warning);
    }
}
