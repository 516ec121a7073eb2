using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Profiles;

/// <summary><c>profile delete</c>.</summary>
internal sealed class ProfileDeleteCommand : ExampleCommand
{
    private readonly Argument<string> _name = Named.Of("name", "The profile");

    public ProfileDeleteCommand()
        : base("delete", "Forgets a proxy and its key; the proxy itself knows nothing of it", "budgetproxy profile delete staging")
    {
        _name.CompletionSources.Add(_ => ProfileStore.Names());
        Add(_name);
        SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(_name);
            var profiles = ProfileStore.Read();
            if (!profiles.Profiles.Remove(name))
                throw new CommandException($"There is no profile '{name}'.", ExitCode.NotFound);
            ProfileStore.Write(profiles.Current == name ? profiles with { Current = null } : profiles);
            Terminal.OnConsole().Line($"Profile {Terminal.Clean(name)} is forgotten.");
            return ExitCode.Done;
        });
    }
}
