namespace BudgetProxy.Cli;

/// <summary>A command can't do what it was asked; the message is for the person who asked.</summary>
/// <param name="isMisuse">True where the command line is wrong, not the world around it.</param>
internal sealed class CommandException(string message, bool isMisuse = false) : Exception(message)
{
    public bool IsMisuse => isMisuse;

    /// <summary>The command line is wrong.</summary>
    public static CommandException Misuse(string message) => new(message, isMisuse: true);
}
