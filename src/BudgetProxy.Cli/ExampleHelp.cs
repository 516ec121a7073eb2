using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace BudgetProxy.Cli;

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

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = _plain.Invoke(parseResult);
        if (_examples.TryGetValue(parseResult.CommandResult.Command, out var examples))
            parseResult.InvocationConfiguration.Output.WriteLine(examples);
        return exitCode;
    }
}
