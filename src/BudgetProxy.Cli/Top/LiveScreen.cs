using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Top;

/// <summary>A screen beside what the terminal shows, drawn over and over without a flicker; what was there before is there again after it.</summary>
internal sealed class LiveScreen : IDisposable
{
    private const string Enter = "\u001b[?1049h\u001b[?25l\u001b[2J";
    private const string Leave = "\u001b[?25h\u001b[?1049l";

    /// <summary>Lines, where the terminal does not say how many it has.</summary>
    private const int UsualHeight = 24;

    private static readonly TimeSpan KeyPause = TimeSpan.FromMilliseconds(100);

    public LiveScreen() => Send(Enter);

    public void Show(Action<Terminal> draw)
    {
        using var text = new StringWriter();
        draw(Terminal.OnScreen(text));
        var lines = text.ToString().TrimEnd('\n').Split('\n').Take(Console.WindowHeight > 1 ? Console.WindowHeight - 1 : UsualHeight);
        Send($"\u001b[H{string.Concat(lines.Select(line => line + "\u001b[K\r\n"))}\u001b[J");
    }

    /// <summary>Waits for the time, or until somebody presses q.</summary>
    public async Task<bool> IsLeftAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < time; waited += KeyPause)
        {
            while (!Console.IsInputRedirected && Console.KeyAvailable)
            {
                if (Console.ReadKey(intercept: true).Key is ConsoleKey.Q or ConsoleKey.Escape)
                    return true;
            }

            await Task.Delay(KeyPause, cancellationToken);
        }

        return false;
    }

    public void Dispose() => Send(Leave);

    private static void Send(string text)
    {
        Console.Out.Write(text);
        Console.Out.Flush();
    }
}
