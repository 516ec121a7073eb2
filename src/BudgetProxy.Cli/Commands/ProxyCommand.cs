using System.CommandLine;
using System.Globalization;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Commands;

/// <summary>A command that speaks to the admin API of a running proxy. Its own arguments and options come first in the help, then those that all share.</summary>
internal abstract class ProxyCommand : ExampleCommand
{
    private readonly ProxyOptions _proxy = new();
    private readonly Option<bool> _json = new("--json") { Description = "JSON in the API's own shapes, for scripts" };
    private int _ownOptions;

    protected ProxyCommand(string name, string description, string examples)
        : base(name, description, examples)
    {
        Add(_json);
        _proxy.AddTo(this);
        SetAction(RunAsync);
    }

    /// <summary>The options that set fields of what the command sends, so that a refusal can name the option.</summary>
    protected FieldOptions Fields { get; } = new();

    /// <summary>Adds arguments and options of the command's own.</summary>
    protected void Takes(params ReadOnlySpan<Symbol> symbols)
    {
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                Add(argument);
            else
                Options.Insert(_ownOptions++, (Option)symbol);
        }
    }

    /// <summary>Adds <see cref="Fields"/>, once they are all named.</summary>
    protected void TakesFields()
    {
        foreach (var option in Fields.Options)
            Options.Insert(_ownOptions++, option);
    }

    /// <summary>How long an answer may take where the command line does not say; null = as for most commands.</summary>
    protected virtual TimeSpan? UsualPatience => null;

    /// <returns>The exit code.</returns>
    protected abstract Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken);

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = new AdminClient(_proxy.Require(parsed, UsualPatience));
        try
        {
            return await RunAsync(new CommandCall(parsed, client, parsed.GetValue(_json)), cancellationToken);
        }
        catch (ProxyRefusal refusal) when (refusal.Fields.Count > 0)
        {
            throw CommandException.Misuse(refusal.InWordsOf(FlagOf));
        }
    }

    /// <summary>What on the command line sets a field, a query parameter or a part of the path.</summary>
    private string? FlagOf(string field)
    {
        if (Fields.FlagOf(field) is { } flag)
            return flag;
        var kebab = "--" + string.Concat(field.Select(letter => char.IsUpper(letter) ? "-" + char.ToLower(letter, CultureInfo.InvariantCulture) : letter.ToString()));
        if (Options.Any(option => option.Name == kebab))
            return kebab;
        return Arguments.FirstOrDefault(argument => argument.Name.Equals(field, StringComparison.OrdinalIgnoreCase)) is { } argument ? $"<{argument.Name}>" : null;
    }
}
