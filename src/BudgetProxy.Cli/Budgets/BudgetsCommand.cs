using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Budgets;

/// <summary><c>budgetproxy budgets</c>: what a tenant may spend, and has spent.</summary>
internal static class BudgetsCommand
{
    private const string Examples = """
        budgetproxy budgets list acme
        budgetproxy budgets set acme monthly --usd 50 --window month
        budgetproxy budgets set acme per-user --usd 5 --window day --per user --mode shadow
        budgetproxy budgets topup acme monthly 20
        """;

    public static ExampleCommand Create() => new CommandGroup(
        "budgets", "What a tenant may spend, and has spent", Examples,
        new BudgetsListCommand(), new BudgetShowCommand(), new BudgetSetCommand(), new BudgetTopUpCommand(), new BudgetResetCommand(), new BudgetDeleteCommand());
}
