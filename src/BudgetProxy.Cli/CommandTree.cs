using System.CommandLine;
using System.CommandLine.Invocation;
using BudgetProxy.Cli.Estimates;

namespace BudgetProxy.Cli;

/// <summary>All commands, and what every one of them has in common: help with examples, errors, exit codes.</summary>
internal static class CommandTree
{
    /// <summary>It could not be done; standard error says why.</summary>
    private const int Failed = 1;

    /// <summary>The command line itself is wrong; nothing was done.</summary>
    private const int Misused = 2;

    /// <returns>Exit code: 0, <see cref="Failed"/> or <see cref="Misused"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Asks about costs before they arise. For now: what a workload would cost on one model or another.");
        var help = new ExampleHelp(root);
        help.Add(EstimateCommand.Create(), EstimateCommand.Examples);
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction errors)
            return Misuse(parsed, errors);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (CommandException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return wrong.IsMisuse ? Misused : Failed;
        }
        catch (OperationCanceledException)
        {
            // Told to stop; whoever did knows.
            return Failed;
        }
    }

    /// <summary>The errors, what was probably meant, and where the help is; the help itself would push them out of sight.</summary>
    private static int Misuse(ParseResult parsed, ParseErrorAction errors)
    {
        errors.ShowHelp = false;
        parsed.Invoke(new InvocationConfiguration { Output = Console.Error });
        var command = parsed.CommandResult.Command;
        Console.Error.WriteLine($"See: budgetproxy {(command is RootCommand ? "" : command.Name + " ")}--help");
        return Misused;
    }
}
