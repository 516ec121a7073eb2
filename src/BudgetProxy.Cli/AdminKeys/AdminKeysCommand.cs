using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.AdminKeys;

/// <summary><c>budgetproxy admin-keys</c>: the keys of those who look after the proxy.</summary>
internal static class AdminKeysCommand
{
    private const string Examples = """
        budgetproxy admin-keys list
        budgetproxy admin-keys create dashboard --role viewer
        """;

    public static ExampleCommand Create() => new CommandGroup(
        "admin-keys", "The keys of those who look after the proxy: admin, finance (reads and exports) and viewer", Examples,
        new AdminKeysListCommand(), new AdminKeyCreateCommand(), new AdminKeyDeleteCommand());
}
