using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Statements;

/// <summary><c>budgetproxy statements</c>: what a tenant used in a month, for its invoice.</summary>
internal static class StatementsCommand
{
    private const string Examples = """
        budgetproxy statements list acme
        budgetproxy statements show acme 2026-11
        budgetproxy statements show acme --for us
        budgetproxy statements page acme 2026-11 -o acme-november.html
        budgetproxy statements csv acme 2026-11 --entries -o acme-november.csv
        """;

    public static ExampleCommand Create() => new CommandGroup(
        "statements", "What a tenant used in a month, and what that comes to", Examples,
        new StatementsListCommand(), new StatementShowCommand(), new StatementCsvCommand(), new StatementPageCommand());
}
