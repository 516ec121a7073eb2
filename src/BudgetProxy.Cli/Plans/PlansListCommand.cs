using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Plans;

/// <summary><c>plans list</c>.</summary>
internal sealed class PlansListCommand : ListCommand
{
    public PlansListCommand()
        : base("list", "All plans", "budgetproxy plans list\nbudgetproxy plans list --json") => TakesPaging();

    protected override IReadOnlyList<Column> Columns { get; } =
        [Column.Text("Plan"), Column.Number("Tenants"), Column.Text("Budgets"), Column.Text("Models"), Column.Number("Per call"), Column.Text("Free a month"), Column.Text("Billing")];

    protected override AdminQuery Question(CommandCall call) => AdminQuery.Of("plans");

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item) =>
    [
        [
            Cell.Of(item.Text("name")), Cell.Of(item.Whole("tenants")), Cell.Of(string.Join(", ", item.Items("budgets").Select(PlanText.Short))),
            Cell.Of(item.Joined("allowedModels") ?? "all"), Cell.Money(item.Usd("maxCallUsd")),
            Cell.Of(PlanIncluded.Of(item)), Cell.Of(item.Text("billing")),
        ],
    ];

    protected override string Nothing(CommandCall call) => "There are no plans. Make one: budgetproxy plans set pro --budget monthly=50usd/month";
}
