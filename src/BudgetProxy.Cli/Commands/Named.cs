using System.CommandLine;

namespace BudgetProxy.Cli.Commands;

/// <summary>Arguments that many commands take.</summary>
internal static class Named
{
    public static Argument<string> Tenant() => new("tenant") { Description = "The tenant's id" };

    public static Argument<string> Of(string name, string description) => new(name) { Description = description };
}
