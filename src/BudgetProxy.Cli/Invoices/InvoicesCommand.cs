using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Invoices;

/// <summary><c>budgetproxy invoices</c>: what providers billed, beside what the ledger says.</summary>
internal static class InvoicesCommand
{
    private const string Examples = """
        budgetproxy invoices import openai costs.csv
        budgetproxy invoices compare openai --month 2026-11
        budgetproxy invoices list
        """;

    public static ExampleCommand Create() => new CommandGroup(
        "invoices", "What providers billed, from their exports of costs, beside what the ledger says", Examples,
        new InvoiceImportCommand(), new InvoicesListCommand(), new InvoicesCompareCommand(), new InvoiceDeleteCommand());
}
