using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Tenants;

/// <summary><c>tenants list</c>.</summary>
internal sealed class TenantsListCommand : ListCommand
{
    private readonly Option<string?> _search = new("--search") { Description = "Only those whose id or name has this in it", HelpName = "text" };
    private readonly Option<string?> _sort = new("--sort") { Description = "By what; with a minus the other way round" };

    public TenantsListCommand()
        : base(
            "list", "All tenants, with what they spent this month",
            """
            budgetproxy tenants list
            budgetproxy tenants list --search acme
            budgetproxy tenants list --sort -spend --limit 20
            budgetproxy tenants list --json | jq -r '.items[] | select(.suspended) | .id'
            """)
    {
        _sort.AcceptOnlyFromAmong("id", "-id", "name", "-name", "spend", "-spend");
        Takes(_search, _sort);
        TakesPaging();
    }

    protected override IReadOnlyList<Column> Columns { get; } =
    [
        Column.Text("Tenant"), Column.Text("Name"), Column.Text("Plan"), Column.Number("This month"), Column.Number("Requests"), Column.Number("Tightest"), Column.Number("Per call"),
        new Column("State"),
    ];

    protected override AdminQuery Question(CommandCall call) => AdminQuery.Of("tenants").With("search", call.Get(_search)).With("sort", call.Get(_sort));

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item) =>
    [
        [
            Cell.Of(item.Text("id")), Cell.Of(item.Text("name")), Cell.Of(item.Text("plan")), Cell.Money(item.Usd("spentMonthUsd")), Cell.Of(item.Whole("requestsMonth")),
            Cell.Share(item.Number("tightestShare")), Cell.Money(item.Usd("maxCallUsd")), TenantText.State(item),
        ],
    ];

    protected override string Nothing(CommandCall call) => call.Get(_search) is { } search
        ? $"There is no tenant with '{Terminal.Clean(search)}' in its id or name."
        : "There are no tenants yet. Make one: budgetproxy tenants set acme --name 'Acme Ltd'";
}
