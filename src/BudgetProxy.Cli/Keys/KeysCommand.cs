using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Keys;

/// <summary><c>budgetproxy keys</c>: the virtual keys that tenants call with.</summary>
internal static class KeysCommand
{
    private const string Examples = """
        budgetproxy keys list acme
        budgetproxy keys create acme --name main
        KEY=$(budgetproxy keys create acme --name ci --expires 90d --quiet)
        budgetproxy keys rotate acme key_01a2 --overlap 1d
        """;

    public static ExampleCommand Create() => new CommandGroup(
        "keys", "The virtual keys that a tenant calls with", Examples, new KeysListCommand(), new KeyCreateCommand(), new KeyRotateCommand(), new KeyRevokeCommand());
}
