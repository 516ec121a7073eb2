using Spectre.Console;

namespace BudgetProxy.Cli;

/// <summary>Where a command writes for people: in colour only on a terminal that takes it, never when redirected or with <c>NO_COLOR</c>, and as wide as there is room.</summary>
internal sealed class Terminal
{
    /// <summary>Where nothing says how wide it is, as in a pipe, lines are not cut.</summary>
    private const int Unbounded = 1_000;

    private readonly IAnsiConsole _console;

    private Terminal(IAnsiConsole console, int width)
    {
        _console = console;
        Width = width;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>The process's own output. <c>COLUMNS</c> wins over the terminal's own width.</summary>
    public static Terminal OnConsole()
    {
        var plain = Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        // Lines are laid out by who writes them; Spectre must not wrap them.
        console.Profile.Width = Unbounded;
        return new Terminal(console, ColumnsOf());
    }

    /// <summary>A line as it is.</summary>
    public void Line(string text = "") => _console.WriteLine(text);

    /// <summary>A line with emphasis.</summary>
    public void Strong(string text) => _console.MarkupLineInterpolated($"[bold]{text}[/]");

    /// <summary>A line of which the end is good news.</summary>
    public void Good(string text, string end) => _console.MarkupLineInterpolated($"{text}[green]{end}[/]");

    /// <summary>Text broken at spaces where it is wider than the terminal; all lines but the first are indented.</summary>
    public void Wrapped(string text, int indent)
    {
        var room = Math.Max(Width - indent, 20);
        var first = true;
        while (text.Length > 0)
        {
            var limit = first ? room + indent : room;
            var end = text.Length <= limit ? text.Length : text.LastIndexOf(' ', limit);
            if (end <= 0)
                end = text.IndexOf(' ', StringComparison.Ordinal) is var space and > 0 ? space : text.Length;
            Line((first ? "" : new string(' ', indent)) + text[..end]);
            text = text[end..].TrimStart(' ');
            first = false;
        }
    }

    private static int ColumnsOf()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns > 0)
            return columns;
        return Console.IsOutputRedirected || Console.WindowWidth <= 0 ? Unbounded : Console.WindowWidth;
    }
}
