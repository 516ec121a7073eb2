using Spectre.Console.Rendering;

namespace BudgetProxy.Cli.Output;

/// <summary>Rows under heads, aligned. On a terminal too narrow for that, texts are cut, and where that is not enough each row is written as lines of its own.</summary>
internal sealed class Table
{
    private const string Gap = "  ";
    private const string Cut = "…";

    private readonly Terminal _terminal;
    private readonly IReadOnlyList<Column> _columns;
    private readonly int[] _shown;
    private readonly int[] _widths;
    private readonly int[] _decimals;
    private bool _begun;
    private bool _stacked;

    public Table(Terminal terminal, IReadOnlyList<Column> columns)
    {
        _terminal = terminal;
        _columns = columns;
        _shown = [.. Enumerable.Range(0, columns.Count).Where(i => terminal.HasColour || !columns[i].IsBar)];
        _widths = [.. columns.Select(column => Width(column.Head))];
        _decimals = new int[columns.Count];
    }

    /// <summary>Writes rows; those of a later call stand under those of an earlier one, in columns no narrower.</summary>
    /// <param name="totals">A last row under a line.</param>
    public void Write(IReadOnlyList<Cell[]> rows, Cell[]? totals = null)
    {
        if (rows.Count == 0)
            return;
        IReadOnlyList<Cell[]> all = totals is null ? rows : [.. rows, totals];
        Measure(all);
        if (!_begun)
            Begin();
        foreach (var row in rows)
            WriteRow(row);
        if (totals is null)
            return;
        if (!_stacked)
            Rule();
        WriteRow(totals);
    }

    private static int Width(string text) => new Segment(text).CellCount();

    private void Measure(IReadOnlyList<Cell[]> rows)
    {
        foreach (var i in _shown)
        {
            foreach (var row in rows)
            {
                if (row[i].Usd is { } usd)
                    _decimals[i] = Math.Max(_decimals[i], MoneyText.Decimals(usd));
            }

            foreach (var row in rows)
                _widths[i] = Math.Max(_widths[i], Width(TextOf(row[i], i)));
        }

        Narrow();
    }

    /// <summary>Takes from the widest column that may be cut, a character at a time, until all fit or none is left to cut.</summary>
    private void Narrow()
    {
        while (Total() > _terminal.Width)
        {
            var widest = _shown.Where(i => _columns[i].Least > 0 && _widths[i] > Math.Max(_columns[i].Least, Width(_columns[i].Head))).DefaultIfEmpty(-1).MaxBy(i => i < 0 ? 0 : _widths[i]);
            if (widest < 0)
                break;
            _widths[widest]--;
        }

        if (!_begun)
            _stacked = Total() > _terminal.Width;
    }

    private int Total() => _shown.Sum(i => _widths[i]) + ((_shown.Length - 1) * Gap.Length);

    private void Begin()
    {
        _begun = true;
        if (_stacked)
            return;
        WriteCells([.. _columns.Select(column => new Cell(column.Head, Tone.Strong))]);
        Rule();
    }

    private void Rule() => _terminal.Dim(string.Join(Gap, _shown.Select(i => new string('-', _widths[i]))));

    private void WriteRow(Cell[] row)
    {
        if (_stacked)
            WriteStack(row);
        else
            WriteCells(row);
    }

    private void WriteCells(Cell[] row)
    {
        // Room is only written once something comes after it: lines end where their text does.
        var room = "";
        foreach (var i in _shown)
        {
            var text = Fitted(TextOf(row[i], i), _widths[i]);
            var padding = new string(' ', Math.Max(_widths[i] - Width(text), 0));
            if (_columns[i].Right)
                room += padding;
            if (text.Length > 0)
            {
                _terminal.Write(room);
                _terminal.Write(text, row[i].Tone);
                room = "";
            }

            room += (_columns[i].Right ? "" : padding) + Gap;
        }

        _terminal.Line();
    }

    private void WriteStack(Cell[] row)
    {
        var heads = _shown.Max(i => Width(_columns[i].Head));
        _terminal.Write(Fitted(TextOf(row[_shown[0]], _shown[0]), _terminal.Width), Tone.Strong);
        _terminal.Line();
        foreach (var i in _shown.Skip(1))
        {
            _terminal.Write(Fitted($"  {_columns[i].Head.PadRight(heads)}  ", _terminal.Width));
            _terminal.Write(Fitted(TextOf(row[i], i), Math.Max(_terminal.Width - heads - 4, 1)), row[i].Tone);
            _terminal.Line();
        }
    }

    private string TextOf(Cell cell, int column) => cell.Usd is { } usd ? MoneyText.Of(usd, _decimals[column]) : Terminal.Clean(cell.Text);

    private static string Fitted(string text, int width)
    {
        if (Width(text) <= width)
            return text;
        var end = Math.Min(text.Length, width);
        while (end > 0 && (Width(text[..end]) > width - 1 || char.IsHighSurrogate(text[end - 1])))
            end--;
        return text[..end] + Cut;
    }
}
