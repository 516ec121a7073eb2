using System.CommandLine;

namespace BudgetProxy.Cli.Commands;

/// <summary>Arguments and options that many commands take.</summary>
internal static class Named
{
    public static Argument<string> Tenant() => new("tenant") { Description = "The tenant's id" };

    /// <summary>For what must not take effect twice.</summary>
    public static Option<string> Once() => new("--once") { Description = "A word of your own under which it is done once, however often the command is repeated", HelpName = "word" };

    public static Argument<string> Of(string name, string description) => new(name) { Description = description };
}
