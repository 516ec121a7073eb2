using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Profiles;

/// <summary><c>profile list</c>.</summary>
internal sealed class ProfileListCommand : ExampleCommand
{
    public ProfileListCommand()
        : base("list", "All profiles; the one in use is marked", "budgetproxy profile list") => SetAction(_ => Run());

    private static int Run()
    {
        var terminal = Terminal.OnConsole();
        var profiles = ProfileStore.Read();
        if (profiles.Profiles.Count == 0)
            terminal.Line("There are no profiles. Make one: budgetproxy profile set prod --url https://proxy.example.com --key-file -");
        new Table(terminal, [new Column(""), Column.Text("Profile"), Column.Text("Address"), new Column("Key")]).Write(
            [.. profiles.Profiles.Select(one => (Cell[])[new Cell(one.Key == profiles.Current ? "*" : ""), new Cell(one.Key), new Cell(one.Value.Url), new Cell(one.Value.Key is null ? "asked for" : "kept")])]);
        return ExitCode.Done;
    }
}
