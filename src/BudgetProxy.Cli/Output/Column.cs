namespace BudgetProxy.Cli.Output;

/// <summary>A column of a table.</summary>
/// <param name="Right">Aligned to the right, as numbers are.</param>
/// <param name="Least">Where the terminal is narrow the texts may be cut to so many characters; 0 = never.</param>
/// <param name="IsBar">A picture of what another column says in figures: only where there is colour.</param>
internal sealed record Column(string Head, bool Right = false, int Least = 0, bool IsBar = false)
{
    public static Column Number(string head) => new(head, Right: true);

    public static Column Text(string head) => new(head, Least: 8);

    public static Column Bar(string head) => new(head, IsBar: true);
}
