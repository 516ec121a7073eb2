using System.CommandLine;

namespace BudgetProxy.Cli.Commands;

/// <summary>A noun: the commands about one kind of thing.</summary>
internal sealed class CommandGroup : ExampleCommand
{
    public CommandGroup(string name, string description, string examples, params ReadOnlySpan<Command> verbs)
        : base(name, description, examples)
    {
        foreach (var verb in verbs)
            Add(verb);
    }
}
