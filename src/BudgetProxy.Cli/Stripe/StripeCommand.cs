using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Stripe;

/// <summary><c>budgetproxy stripe</c>: usage on its way to Stripe.</summary>
internal static class StripeCommand
{
    private const string Examples = """
        budgetproxy stripe setup --plan
        budgetproxy stripe status
        budgetproxy stripe run
        budgetproxy stripe reconcile --last 7d
        budgetproxy stripe buckets --tenant acme --state parked
        """;

    public static ExampleCommand Create() => new CommandGroup(
        "stripe", "Customers billed through Stripe: set up, sent, and compared", Examples, new StripeStatusCommand(), new StripeRunCommand(), new StripeSetupCommand(),
        new StripeBucketsCommand(), new StripeRetryCommand(), new StripeResendCommand(), new StripeWriteOffCommand(), new StripeReconcileCommand(), new StripeRejectsCommand());
}
