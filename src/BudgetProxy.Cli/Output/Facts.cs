namespace BudgetProxy.Cli.Output;

/// <summary>One thing as labels and values, a line each; what it has not is left out.</summary>
internal sealed class Facts
{
    private readonly List<(string Label, string Value, Tone Tone)> _all = [];

    public Facts Add(string label, string? value, Tone tone = Tone.Plain)
    {
        if (!string.IsNullOrEmpty(value))
            _all.Add((label, value, tone));
        return this;
    }

    public void Write(Terminal terminal)
    {
        var wide = _all.Max(fact => fact.Label.Length);
        foreach (var (label, value, tone) in _all)
        {
            terminal.Write(label.PadRight(wide) + "  ", Tone.Dim);
            terminal.Write(Terminal.Clean(value), tone);
            terminal.Line();
        }
    }
}
