namespace BudgetProxy.Cli.Commands;

/// <summary>How every command ends; documented in this project's README, and never renumbered.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It could not be done, or a check found something wrong; standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line itself is wrong, by its form or by what the proxy says of a value; nothing was done.</summary>
    public const int Misused = 2;

    /// <summary>What was named is not there.</summary>
    public const int NotFound = 3;

    /// <summary>The key is wrong, or its role too low.</summary>
    public const int NotAllowed = 4;

    /// <summary>The present state does not allow it: changed by another meanwhile, in use, there already.</summary>
    public const int Conflict = 5;

    /// <summary>The proxy or its store is away; the same may work in a moment.</summary>
    public const int Unavailable = 6;

    /// <summary>There is something to do, and it was not done: a look at it was all that was asked for, or the answer was no.</summary>
    public const int Pending = 7;

    /// <summary>Ended by Ctrl-C, as shells count it.</summary>
    public const int Interrupted = 130;
}
