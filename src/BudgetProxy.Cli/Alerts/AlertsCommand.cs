using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Alerts;

/// <summary><c>budgetproxy alerts</c>: what was raised, and who is told.</summary>
internal static class AlertsCommand
{
    private const string Examples = """
        budgetproxy alerts history --tenant acme
        budgetproxy alerts webhooks set ops --to https://alerts.example.com/budgets
        budgetproxy alerts webhooks test ops
        budgetproxy alerts deliveries --state failed
        """;

    public static ExampleCommand Create() => new CommandGroup(
        "alerts", "What was raised, and who is told", Examples, new AlertsHistoryCommand(), new DeliveriesCommand(), new DeliveryRetryCommand(),
        new CommandGroup(
            "webhooks", "Who is told", "budgetproxy alerts webhooks list\nbudgetproxy alerts webhooks set ops --to https://alerts.example.com/budgets --events budget.threshold",
            new WebhooksListCommand(), new WebhookSetCommand(), new WebhookTestCommand(), new WebhookSecretCommand(), new WebhookDeleteCommand()));
}
