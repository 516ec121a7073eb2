using System.CommandLine;

namespace BudgetProxy.Cli.Commands;

/// <summary>Asks before something goes that can't be brought back.</summary>
internal sealed class Confirmation
{
    public Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do it without asking" };

    /// <returns>False where the person says no.</returns>
    /// <exception cref="CommandException">There is nobody to ask.</exception>
    public bool Ask(CommandCall call, string question)
    {
        if (call.Get(Yes))
            return true;
        if (Console.IsInputRedirected)
            throw CommandException.Misuse($"{question} There is nobody to ask here: --yes does it.");
        Console.Error.Write($"{question} [y/N] ");
        if (Console.ReadLine()?.Trim() is "y" or "Y" or "yes")
            return true;
        Console.Error.WriteLine("Nothing was done.");
        return false;
    }
}
