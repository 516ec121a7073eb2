using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Alerts;

/// <summary><c>alerts history</c>.</summary>
internal sealed class AlertsHistoryCommand : ListCommand
{
    private const int Latest = 50;

    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only this tenant's", HelpName = "id" };
    private readonly Option<string?> _kind = new("--kind") { Description = "Only of this kind", HelpName = "budget.threshold" };

    public AlertsHistoryCommand()
        : base("history", "The alerts that were raised, newest first", "budgetproxy alerts history\nbudgetproxy alerts history --tenant acme --kind budget.threshold --json", Latest)
    {
        _kind.CompletionSources.Add(AlertKinds.All);
        Takes(_tenant, _kind);
        TakesPaging();
    }

    protected override IReadOnlyList<Column> Columns { get; } = [new Column("Time (UTC)"), new Column("Kind"), Column.Text("Tenant"), Column.Text("What"), new Column("Id")];

    protected override AdminQuery Question(CommandCall call) => AdminQuery.Of("alerts").With("tenant", call.Get(_tenant)).With("kind", call.Get(_kind));

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item) =>
        [[Cell.Time(item.Text("at")), Cell.Of(item.Text("kind")), Cell.Of(item.Text("tenant")), Cell.Of(item.Text("summary")), Cell.Of(item.Text("id"))]];

    protected override string Nothing(CommandCall call) => "No such alert was raised.";
}
