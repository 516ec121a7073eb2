using System.CommandLine;
using System.CommandLine.Invocation;
using BudgetProxy.Cli.AdminKeys;
using BudgetProxy.Cli.Alerts;
using BudgetProxy.Cli.Audit;
using BudgetProxy.Cli.Budgets;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Completion;
using BudgetProxy.Cli.Directories;
using BudgetProxy.Cli.Doctor;
using BudgetProxy.Cli.Estimates;
using BudgetProxy.Cli.Invoices;
using BudgetProxy.Cli.Keys;
using BudgetProxy.Cli.Ledger;
using BudgetProxy.Cli.Plans;
using BudgetProxy.Cli.Profiles;
using BudgetProxy.Cli.Rates;
using BudgetProxy.Cli.Statements;
using BudgetProxy.Cli.Stripe;
using BudgetProxy.Cli.Tenants;
using BudgetProxy.Cli.Top;
using BudgetProxy.Cli.Usage;

namespace BudgetProxy.Cli;

/// <summary>All commands, and what every one of them has in common: help with examples, errors, exit codes.</summary>
internal static class CommandTree
{
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Budgets for LLM calls, set and watched: tenants, keys, budgets, rates and the ledger of a running BudgetProxy, and what a workload would cost.");
        var help = new ExampleHelp(root);
        help.Add(TenantsCommand.Create());
        help.Add(KeysCommand.Create());
        help.Add(BudgetsCommand.Create());
        help.Add(PlansCommand.Create());
        help.Add(new UsageCommand());
        help.Add(new LedgerCommand());
        help.Add(StatementsCommand.Create());
        help.Add(RatesCommand.Create());
        help.Add(InvoicesCommand.Create());
        help.Add(StripeCommand.Create());
        help.Add(AlertsCommand.Create());
        help.Add(new AuditCommand());
        help.Add(AdminKeysCommand.Create());
        help.Add(new WhoAmICommand());
        help.Add(new TopCommand());
        help.Add(new DoctorCommand());
        help.Add(EstimateCommand.Create(), EstimateCommand.Examples);
        help.Add(new ApplyCommand());
        help.Add(new ExportCommand());
        help.Add(ProfileCommand.Create());
        help.Add(new CompletionCommand());
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
            return wrong.Code;
        }
        catch (OperationCanceledException)
        {
            // Told to stop; whoever did knows.
            return ExitCode.Interrupted;
        }
    }

    /// <summary>The errors, what was probably meant, and where the help is; the help itself would push them out of sight.</summary>
    private static int Misuse(ParseResult parsed, ParseErrorAction errors)
    {
        errors.ShowHelp = false;
        if (parsed is { CommandResult.Command: RootCommand root, UnmatchedTokens: [var first, ..] } && !first.StartsWith('-'))
        {
            var commands = root.Subcommands.Where(command => !command.Hidden).Select(command => command.Name);
            Console.Error.WriteLine($"There is no command '{first}'. The commands are: {string.Join(", ", commands)}.");
            Console.Error.WriteLine("See: budgetproxy --help");
            return ExitCode.Misused;
        }

        if (parsed is { CommandResult.Command: not RootCommand, UnmatchedTokens: [var early, ..] } && early.StartsWith('-') && parsed.CommandResult.Command.Options.Any(option => option.Name == early || option.Aliases.Contains(early)))
        {
            Console.Error.WriteLine($"'{early}' stands before the command, and belongs after it: budgetproxy {NameOf(parsed)}{early} ...");
            return ExitCode.Misused;
        }

        parsed.Invoke(new InvocationConfiguration { Output = Console.Error });
        Console.Error.WriteLine($"See: budgetproxy {NameOf(parsed)}--help");
        return ExitCode.Misused;
    }

    /// <summary>The command as it is typed, with a space at its end; empty = the root.</summary>
    private static string NameOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (var at = parsed.CommandResult; at is { Command: not RootCommand }; at = at.Parent as System.CommandLine.Parsing.CommandResult)
            names.Insert(0, at.Command.Name + " ");
        return string.Concat(names);
    }
}
