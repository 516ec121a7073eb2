using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Profiles;

/// <summary><c>budgetproxy profile</c>: proxies that are remembered by a name.</summary>
internal static class ProfileCommand
{
    private const string Examples = """
        budgetproxy profile set prod --url https://proxy.example.com --key-file -
        budgetproxy profile use prod
        budgetproxy tenants list --profile staging
        """;

    public static ExampleCommand Create() => new CommandGroup(
        "profile", "Proxies remembered by a name: the address and, if wanted, the key", Examples,
        new ProfileListCommand(), new ProfileSetCommand(), new ProfileUseCommand(), new ProfileDeleteCommand());
}
