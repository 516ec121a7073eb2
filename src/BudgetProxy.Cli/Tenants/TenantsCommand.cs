using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Tenants;

/// <summary><c>budgetproxy tenants</c>: the customers whose money is limited.</summary>
internal static class TenantsCommand
{
    private const string Examples = """
        budgetproxy tenants list --sort -spend --limit 20
        budgetproxy tenants set acme --name 'Acme Ltd' --plan pro --markup 20
        budgetproxy tenants show acme
        """;

    public static ExampleCommand Create() => new CommandGroup(
        "tenants", "The customers whose money is limited", Examples,
        new TenantsListCommand(), new TenantShowCommand(), new TenantBalanceCommand(), new TenantSetCommand(), new TenantSuspendCommand(suspend: true), new TenantSuspendCommand(suspend: false), new TenantDeleteCommand());
}
