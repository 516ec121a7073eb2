using System.Globalization;
using Spectre.Console;

namespace BudgetProxy.Cli.Output;

/// <summary>Where a command writes for people: in colour only on a terminal that takes it, never when redirected or with <c>NO_COLOR</c>, and as wide as there is room.</summary>
internal sealed class Terminal
{
    /// <summary>Where nothing says how wide it is, as in a pipe, lines are not cut.</summary>
    private const int Unbounded = 1_000;

    private readonly IAnsiConsole _console;
    private readonly TextWriter _output;

    private Terminal(IAnsiConsole console, TextWriter output, int width)
    {
        _console = console;
        _output = output;
        Width = width;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Whether colours, and the pictures that live by them, are wanted.</summary>
    public bool HasColour => _console.Profile.Capabilities.Ansi && _console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors;

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
        return new Terminal(console, Console.Out, ColumnsOf());
    }

    /// <summary>The same into a text that is sent to the terminal later, as a whole.</summary>
    public static Terminal OnScreen(TextWriter text)
    {
        var like = OnConsole();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = like.HasColour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = like.HasColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = Unbounded;
        return new Terminal(console, text, like.Width);
    }

    /// <summary>Text with nothing in it that a terminal would obey: ids and model names come from whoever sent the call.</summary>
    public static string Clean(string text) => text.Any(IsObeyed) ? new string([.. text.Select(letter => IsObeyed(letter) ? '\uFFFD' : letter)]) : text;

    /// <summary>A line as it is.</summary>
    public void Line(string text = "") => _output.Write(text + "\n");

    /// <summary>Part of a line.</summary>
    public void Write(string text, Tone tone = Tone.Plain)
    {
        if (tone == Tone.Plain || !HasColour)
            _output.Write(text);
        else
            _console.Write(new Text(text, StyleOf(tone)));
    }

    /// <summary>A line with emphasis.</summary>
    public void Strong(string text) => Line(text, Tone.Strong);

    /// <summary>A line that is beside the point.</summary>
    public void Dim(string text) => Line(text, Tone.Dim);

    public void Line(string text, Tone tone)
    {
        Write(text, tone);
        Line();
    }

    /// <summary>A line of which the end is good news.</summary>
    public void Good(string text, string end)
    {
        Write(text);
        Line(end, Tone.Good);
    }

    /// <summary>Text broken at spaces where it is wider than the terminal; all lines but the first are indented.</summary>
    public void Wrapped(string text, int indent)
    {
        var room = Math.Max(Width - indent, 20);
        var first = true;
        text = Clean(text);
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

    private static bool IsObeyed(char letter) => char.IsControl(letter) || CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Strong => new Style(decoration: Decoration.Bold),
        Tone.Dim => new Style(decoration: Decoration.Dim),
        Tone.Good => new Style(Color.Green),
        Tone.Warning => new Style(Color.Yellow),
        Tone.Bad => new Style(Color.Red),
        _ => Style.Plain,
    };

    private static int ColumnsOf()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns > 0)
            return columns;
        return Console.IsOutputRedirected || Console.WindowWidth <= 0 ? Unbounded : Console.WindowWidth;
    }
}
