using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Rates;

/// <summary><c>rates list</c>.</summary>
internal sealed class RatesListCommand : ListCommand
{
    private readonly Option<string?> _provider = new("--provider") { Description = "Only this provider", HelpName = "openai" };
    private readonly Option<string?> _model = new("--model") { Description = "Only this model, by id or alias", HelpName = "id" };
    private readonly Option<string?> _tenant = new("--tenant") { Description = "A tenant's own prices; * = those of all tenants", HelpName = "id" };
    private readonly Option<DateTimeOffset?> _at = new("--at") { Description = "In force at this date or instant; now, where left out", HelpName = "2026-12-01", CustomParser = QuantityText.Instant };

    public RatesListCommand()
        : base(
            "list", "The prices in force, in USD for a million tokens",
            """
            budgetproxy rates list --provider anthropic
            budgetproxy rates list --model gpt-4o-mini --at 2026-12-01
            budgetproxy rates list --tenant '*' --json
            """)
    {
        Takes(_provider, _model, _tenant, _at);
        TakesPaging();
    }

    protected override IReadOnlyList<Column> Columns => RateRows.Columns;

    protected override AdminQuery Question(CommandCall call) => AdminQuery.Of("rates").With("provider", call.Get(_provider)).With("model", call.Get(_model))
        .With("tenant", call.Get(_tenant)).With("at", PeriodOptions.Text(call.Get(_at)));

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item) => RateRows.Of(item);

    protected override string Nothing(CommandCall call) => "There are no such rates.";
}
