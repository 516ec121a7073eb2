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
    private readonly Option<string?> _keyFile = new("--key-file") { Description = "A file with its admin key, which is then kept, readable for you alone; - is standard input. Left out, a key that is kept stays where the address is the same; else the key comes with each command", HelpName = "file" };

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
            var old = profiles.Profiles.GetValueOrDefault(name);
            // A key is for the address that it was given with.
            var kept = old is not null && old.Url == url.AbsoluteUri ? old.Key : null;
            var key = parsed.GetValue(_keyFile) is { } file ? KeyFile.Read(file) : kept;
            profiles.Profiles[name] = new Profile(url.AbsoluteUri, key);
            ProfileStore.Write(profiles with { Current = profiles.Current ?? name });
            Terminal.OnConsole().Line($"Profile {Terminal.Clean(name)} is kept in {ProfileStore.FilePath}.");
            if (key is null && old?.Key is not null)
                Terminal.OnConsole().Line($"Its key was for {Terminal.Clean(old.Url)} and is not kept any more: give the new address's with --key-file.");
            return ExitCode.Done;
        });
    }
}
