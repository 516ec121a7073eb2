using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace BudgetProxy.Cli.Commands;

/// <summary>The help of System.CommandLine, and after it a command's examples.</summary>
internal sealed class ExampleHelp : SynchronousCommandLineAction
{
    private readonly RootCommand _root;
    private readonly HelpAction _plain;
    private readonly Dictionary<Command, string> _examples = [];

    public ExampleHelp(RootCommand root)
    {
        _root = root;
        var option = root.Options.OfType<HelpOption>().Single();
        _plain = (HelpAction)option.Action!;
        option.Action = this;
    }

    /// <summary>Who asks for help need not have given all that is required.</summary>
    public override bool ClearsParseErrors => true;

    public void Add(Command command, string examples)
    {
        _root.Add(command);
        _examples[command] = examples;
    }

    /// <summary>Adds a command that has its examples with it.</summary>
    public void Add(ExampleCommand command) => _root.Add(command);

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = _plain.Invoke(parseResult);
        var command = parseResult.CommandResult.Command;
        if ((command as ExampleCommand)?.Examples is { } own)
            parseResult.InvocationConfiguration.Output.WriteLine(own);
        else if (_examples.TryGetValue(command, out var examples))
            parseResult.InvocationConfiguration.Output.WriteLine(examples);
        return exitCode;
    }
}
