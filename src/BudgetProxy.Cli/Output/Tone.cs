namespace BudgetProxy.Cli.Output;

/// <summary>What a text is to a reader; on a terminal with colours, one of them.</summary>
internal enum Tone
{
    Plain,
    Strong,
    Dim,
    Good,
    Warning,
    Bad,
}
