using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Plans;

/// <summary><c>budgetproxy plans</c>: limits that many tenants share the definition of.</summary>
internal static class PlansCommand
{
    private const string Examples = """
        budgetproxy plans set pro --budget monthly=50usd/month --budget bursts=100requests/minute,per=user
        budgetproxy plans show pro
        budgetproxy tenants set acme --plan pro
        """;

    public static ExampleCommand Create() => new CommandGroup(
        "plans", "Limits that many tenants share the definition of, each with counters of its own", Examples,
        new PlansListCommand(), new PlanShowCommand(), new PlanSetCommand(), new PlanDeleteCommand());
}
