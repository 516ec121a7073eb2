using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Profiles;

/// <summary><c>profile use</c>.</summary>
internal sealed class ProfileUseCommand : ExampleCommand
{
    private readonly Argument<string> _name = Named.Of("name", "The profile");

    public ProfileUseCommand()
        : base("use", "The proxy that commands speak to where they name none", "budgetproxy profile use prod")
    {
        _name.CompletionSources.Add(_ => ProfileStore.Names());
        Add(_name);
        SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(_name);
            var profiles = ProfileStore.Read();
            if (!profiles.Profiles.TryGetValue(name, out var profile))
                throw new CommandException($"There is no profile '{name}'.", ExitCode.NotFound);
            ProfileStore.Write(profiles with { Current = name });
            Terminal.OnConsole().Line($"Commands speak to {profile.Url} now, where neither --url, --profile nor {ProxyOptions.UrlVariable} says otherwise.");
            return ExitCode.Done;
        });
    }
}
