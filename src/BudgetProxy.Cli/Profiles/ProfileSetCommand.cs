using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Profiles;

/// <summary><c>profile set</c>.</summary>
internal sealed class ProfileSetCommand : ExampleCommand
{
    private readonly Argument<string> _name = Named.Of("name", "What to call the proxy");
    private readonly Option<string> _url = new("--url") { Description = "Its address", HelpName = "http://host:8080", Required = true };
    private readonly Option<string?> _keyFile = new("--key-file") { Description = "A file with its admin key, which is then kept, readable for you alone; - is standard input. Else the key comes with each command", HelpName = "file" };

    public ProfileSetCommand()
        : base(
            "set", "Remembers a proxy; the first one is in use at once",
            """
            budgetproxy profile set local --url http://127.0.0.1:8080
            budgetproxy profile set prod --url https://proxy.example.com --key-file - < key.txt
            """)
    {
        Add(_name);
        Add(_url);
        Add(_keyFile);
        SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(_name);
            var url = ProxyAddress.Parse(parsed.GetRequiredValue(_url), "--url");
            var profiles = ProfileStore.Read();
            profiles.Profiles[name] = new Profile(url.AbsoluteUri, parsed.GetValue(_keyFile) is { } file ? KeyFile.Read(file) : null);
            ProfileStore.Write(profiles with { Current = profiles.Current ?? name });
            Terminal.OnConsole().Line($"Profile {Terminal.Clean(name)} is kept in {ProfileStore.FilePath}.");
            return ExitCode.Done;
        });
    }
}
