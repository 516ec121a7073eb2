namespace BudgetProxy.Cli.Commands;

/// <summary>A command can't do what it was asked; the message is for the person who asked.</summary>
internal class CommandException(string message, int code = ExitCode.Failed) : Exception(message)
{
    /// <summary>One of <see cref="ExitCode"/>.</summary>
    public int Code => code;

    /// <summary>The command line is wrong.</summary>
    public static CommandException Misuse(string message) => new(message, ExitCode.Misused);
}
