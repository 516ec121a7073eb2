using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Rates;

/// <summary><c>budgetproxy rates</c>: the prices that calls are counted at.</summary>
internal static class RatesCommand
{
    private const string Examples = """
        budgetproxy rates list --model gpt-4o-mini
        budgetproxy rates set openai/gpt-4o-mini --input 0.15 --output 0.60 --from 2026-12-01
        budgetproxy rates import prices.json
        budgetproxy rates age
        """;

    public static ExampleCommand Create() => new CommandGroup(
        "rates", "The prices that calls are counted at; rows are never edited, only followed", Examples,
        new RatesListCommand(), new RatesHistoryCommand(), new RateSetCommand(), new RatesImportCommand(), new RatesRerateCommand(), new RatesAgeCommand());
}
