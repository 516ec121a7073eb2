using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Alerts;

/// <summary><c>alerts deliveries</c>.</summary>
internal sealed class DeliveriesCommand : ListCommand
{
    private const int Latest = 50;

    private readonly Option<string?> _webhook = new("--webhook") { Description = "Only to this webhook", HelpName = "name" };
    private readonly Option<string?> _state = new("--state") { Description = "Only in this state" };

    public DeliveriesCommand()
        : base("deliveries", "What became of telling each receiver, newest first", "budgetproxy alerts deliveries --state failed\nbudgetproxy alerts deliveries --webhook ops --json", Latest)
    {
        _state.AcceptOnlyFromAmong("pending", "delivered", "failed", "dropped");
        Takes(_webhook, _state);
        TakesPaging();
    }

    protected override IReadOnlyList<Column> Columns { get; } =
    [
        new Column("Last try (UTC)"), Column.Text("To"), new Column("Kind"), Column.Text("Tenant"), new Column("State"), Column.Number("Tries"), Column.Text("Last answer"), new Column("Id"),
    ];

    protected override AdminQuery Question(CommandCall call) => AdminQuery.Of("alerts", "deliveries").With("webhook", call.Get(_webhook)).With("state", call.Get(_state));

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item)
    {
        var tries = item.Items("attempts").ToList();
        var last = tries.Count == 0 ? default : tries[^1];
        var state = item.Text("state");
        yield return
        [
            Cell.Time(last.Text("at")), Cell.Of(item.Text("webhook") ?? "mail"), Cell.Of(item.Text("kind")), Cell.Of(item.Text("tenant")),
            Cell.Of(state, state switch { "delivered" => Tone.Good, "failed" or "dropped" => Tone.Bad, _ => Tone.Warning }), Cell.Of(tries.Count),
            Cell.Of(last.Text("error") ?? last.Text("status")), Cell.Of(item.Text("id")),
        ];
    }

    protected override string Nothing(CommandCall call) => "There are no such deliveries.";
}
