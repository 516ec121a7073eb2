namespace BudgetProxy.Cli.Output;

/// <summary>A budget as a bar: spent, held by calls in flight, remaining.</summary>
internal static class Bar
{
    private const int Width = 20;

    /// <param name="spent">Share of the limit, 0 to 1 and above.</param>
    /// <param name="held">The same of what calls in flight hold.</param>
    public static Cell Of(decimal spent, decimal held)
    {
        var full = Cells(spent);
        // What is there at all is seen.
        var half = Math.Min(Width, Cells(spent + held)) - full;
        return new Cell(new string('█', full) + new string('▒', half) + new string('░', Width - full - half), Cell.ToneOf(spent + held) is Tone.Plain ? Tone.Good : Cell.ToneOf(spent + held));
    }

    private static int Cells(decimal share) => share <= 0 ? 0 : Math.Clamp((int)(share * Width), 1, Width);
}
