using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Statements;

/// <summary><c>statements list</c>.</summary>
internal sealed class StatementsListCommand : ListCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();

    public StatementsListCommand()
        : base(
            "list", "The months in which a tenant used something, newest first; deleted tenants have theirs still",
            """
            budgetproxy statements list acme
            budgetproxy statements list acme --limit 3 --json
            """)
    {
        Takes(_tenant);
        TakesPaging();
    }

    protected override IReadOnlyList<Column> Columns { get; } =
    [
        new Column("Month (UTC)"), Column.Number("Calls"), Column.Number("Tokens"), Column.Number("Cost"), Column.Number("Charged"), new Column(""),
    ];

    protected override AdminQuery Question(CommandCall call) => AdminQuery.Of("tenants", call.Get(_tenant), "statements");

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item)
    {
        yield return
        [
            Cell.Of(item.Text("month")), Cell.Of(item.Whole("calls")), Cell.Of(item.Whole("tokens")), Cell.Money(item.Usd("costUsd")), Cell.Money(item.Usd("chargedUsd")),
            new Cell(item.Is("soFar") ? "so far" : "", Tone.Dim),
        ];
    }

    protected override string Nothing(CommandCall call) => "It has used nothing yet.";
}
