using Spectre.Console;

namespace BudgetProxy.Demo;

/// <summary>
/// What the demo shows: a table that grows call by call, not wider than 100 columns, then both sides' books. Colours only on a terminal that
/// takes them (never when redirected, or with <c>NO_COLOR</c>).
/// </summary>
internal sealed class DemoTable
{
    private readonly IAnsiConsole _console;

    private DemoTable(IAnsiConsole console) => _console = console;

    /// <summary>The process's own output.</summary>
    public static DemoTable OnConsole() =>
        On(Console.Out, plain: Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 });

    /// <param name="plain">True for text without any escape sequence.</param>
    public static DemoTable On(TextWriter writer, bool plain)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        // Lines are laid out here; a narrower terminal may wrap them, Spectre must not.
        console.Profile.Width = 1000;
        return new DemoTable(console);
    }

    public void Begin(Uri proxy, string provider)
    {
        _console.MarkupLineInterpolated($"[bold]BudgetProxy[/] on {proxy.GetLeftPart(UriPartial.Authority)}");
        _console.WriteLine($"before a simulated OpenAI and Anthropic on {provider}");
        _console.MarkupLineInterpolated($"Tenant [bold]{DemoAdmin.Tenant}[/] may spend [bold]${DemoAdmin.Limit}[/] a month.");
        _console.WriteLine("Of each call the worst case is reserved before it leaves; its true cost is booked when it is done.");
        _console.WriteLine();
        var head = Line("#", "Call", "SSE", "Model", "In est", "In/out", "Reserved", "Cost $", "Left $", "");
        _console.MarkupLineInterpolated($"[bold]{head}[/]");
        _console.WriteLine(new string('-', head.Length));
    }

    public void Add(DemoCall call)
    {
        var actual = call.Entry is { } entry ? $"{entry.Input}/{entry.Output}" : "-";
        var line = Line(
            $"{call.Number}", call.Step.Call, call.Step.Streamed ? "yes" : "", call.Step.Model, call.EstimatedInput?.ToString() ?? "-", actual,
            Usd(call.Reserved), Usd(call.Cost), Usd(call.Left), "");
        if (call.Status == 200)
        {
            _console.MarkupLineInterpolated($"{line}[green]served[/]");
            return;
        }

        _console.MarkupLineInterpolated($"{line}[red bold]{call.Status}[/]");
        var why = $"could cost ${Usd(call.Reserved)}, ${Usd(call.Left)} is left; never left the proxy";
        _console.MarkupLineInterpolated($"   [red]refused with {call.Status} {call.Code ?? ""}[/]: {why}");
    }

    public void ShowBooks(DemoBooks books)
    {
        var budget = books.Budget;
        _console.WriteLine();
        _console.WriteLine($"The provider's own books: {books.Calls} calls, {books.BilledInput:N0} tokens in, {books.BilledOutput:N0} out");
        _console.WriteLine(
            $"The proxy's ledger:       {books.Entries} entries, {books.LedgerInput:N0} tokens in, {books.LedgerOutput:N0} out, "
            + $"${books.LedgerCost:0.000000000}");
        _console.WriteLine(
            $"The budget's counter:     ${budget.Spent:0.000000000} spent, ${budget.Held:0.00} held, ${budget.Left:0.000000000} left of "
            + $"${DemoAdmin.Limit}");
    }

    public void End(IReadOnlyList<string> problems)
    {
        _console.WriteLine();
        if (problems.Count == 0)
        {
            _console.MarkupLine("[green]All three agree, and no refused call reached the provider.[/]");
            _console.WriteLine();
            _console.WriteLine(DemoNextSteps.Text);
            return;
        }

        _console.MarkupLine("[red bold]Not as it must be:[/]");
        foreach (var problem in problems)
            _console.WriteLine("- " + problem);
    }

    private static string Usd(decimal? amount) => amount?.ToString("0.000000") ?? "-";

    private static string Line(params ReadOnlySpan<string> cells) =>
        $"{cells[0],2} {cells[1],-18} {cells[2],-3} {cells[3],-22} {cells[4],6} {cells[5],8} {cells[6],8} {cells[7],8} {cells[8],8} {cells[9]}";
}
