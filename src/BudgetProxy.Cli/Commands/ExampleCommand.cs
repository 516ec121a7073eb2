using System.CommandLine;

namespace BudgetProxy.Cli.Commands;

/// <summary>A command whose help ends in examples.</summary>
internal abstract class ExampleCommand(string name, string description, string examples) : Command(name, description)
{
    /// <summary>Lines that can be typed as they stand.</summary>
    public string Examples => "Examples:" + Environment.NewLine + string.Join(Environment.NewLine, examples.Split('\n').Select(line => "  " + line.TrimEnd('\r')));
}
