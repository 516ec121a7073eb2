using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Commands;

/// <summary>One run of a command: what was typed, the proxy it is for, and where the answer goes.</summary>
/// <param name="Json">The answer is for a program.</param>
internal sealed record CommandCall(ParseResult Parsed, AdminClient Client, bool Json)
{
    private readonly Lazy<Terminal> _terminal = new(Terminal.OnConsole);

    public Terminal Terminal => _terminal.Value;

    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);

    /// <summary>Says that it is done: in words, or as the document that the proxy answered with.</summary>
    public int Done(string words, JsonElement? document = null)
    {
        if (!Json)
            Terminal.Wrapped(words, 2);
        else if (document is { } json)
            JsonText.Print(json);
        return ExitCode.Done;
    }
}
