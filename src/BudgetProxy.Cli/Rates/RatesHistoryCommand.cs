using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Rates;

/// <summary><c>rates history</c>.</summary>
internal sealed class RatesHistoryCommand : ListCommand
{
    private readonly Argument<string> _model = Named.Of("model", "The model, by id or alias");
    private readonly Option<string?> _tenant = new("--tenant") { Description = "A tenant's own prices", HelpName = "id" };

    public RatesHistoryCommand()
        : base("history", "Every price that a model has had, and those that are to come", "budgetproxy rates history gpt-4o-mini\nbudgetproxy rates history claude-sonnet-4-5 --json")
    {
        Takes(_model, _tenant);
        TakesPaging();
    }

    protected override IReadOnlyList<Column> Columns => RateRows.Columns;

    protected override AdminQuery Question(CommandCall call) => AdminQuery.Of("rates").With("model", call.Get(_model)).With("tenant", call.Get(_tenant)).With("history", true);

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item) => RateRows.Of(item);

    protected override string Nothing(CommandCall call) => $"There is no rate for a model '{Terminal.Clean(call.Get(_model))}'.";
}
