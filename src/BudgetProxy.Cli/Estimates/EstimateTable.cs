using System.Globalization;
using BudgetProxy.Cli.Output;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates.Calculator;

namespace BudgetProxy.Cli.Estimates;

/// <summary>Shows estimates side by side, or one below the other where the terminal is too narrow for that; then what would be saved, and notes. Amounts are exact.</summary>
internal sealed class EstimateTable(Terminal terminal)
{
    private const string Gap = "  ";
    private const string Mark = "cheapest";

    private static readonly string[] Heads = ["Model", "Input", "Cached", "Cache writes", "Output", "Tools", "Total", "Per request"];

    public void Write(EstimateQuestion question, EstimateDocument answer)
    {
        terminal.Wrapped(Headline(question, answer), 0);
        terminal.Line();
        var rows = answer.Models.Select(Cells).ToList();
        var widths = Heads.Select((head, i) => rows.Max(row => Math.Max(row[i].Length, head.Length))).ToList();
        var marked = answer.Models.Any(model => model.Cheapest) ? Gap.Length + Mark.Length : 0;
        if (widths.Sum() + ((widths.Count - 1) * Gap.Length) + marked <= terminal.Width)
            WriteTable(answer, rows, widths);
        else
            WriteStack(answer, rows);
        WriteSavings(answer);
        WriteNotes(answer);
    }

    private void WriteTable(EstimateDocument answer, List<string[]> rows, List<int> widths)
    {
        terminal.Strong(Aligned(Heads, widths));
        terminal.Line(string.Join(Gap, widths.Select(width => new string('-', width))));
        for (var i = 0; i < rows.Count; i++)
        {
            if (answer.Models[i].Cheapest)
                terminal.Good(Aligned(rows[i], widths) + Gap, Mark);
            else
                terminal.Line(Aligned(rows[i], widths));
        }
    }

    private void WriteStack(EstimateDocument answer, List<string[]> rows)
    {
        var wide = rows.Max(row => row.Skip(1).Max(cell => cell.Length));
        for (var i = 0; i < rows.Count; i++)
        {
            if (i > 0)
                terminal.Line();
            if (answer.Models[i].Cheapest)
                terminal.Good(rows[i][0] + Gap, Mark);
            else
                terminal.Strong(rows[i][0]);
            for (var column = 1; column < Heads.Length; column++)
                terminal.Line($"  {Heads[column],-12}{Gap}{rows[i][column].PadLeft(wide)}");
        }
    }

    private void WriteSavings(EstimateDocument answer)
    {
        var lines = answer.Models.SelectMany(model => Savings(model).Select(saving => $"{model.Model}: {saving}")).ToList();
        if (lines.Count > 0)
            terminal.Line();
        foreach (var line in lines)
            terminal.Wrapped(line, 2);
    }

    private void WriteNotes(EstimateDocument answer)
    {
        var notes = answer.Models.SelectMany(model => model.Notes.Select(note => $"{model.Model}: {note}")).ToList();
        if (answer.Models.Any(model => model.Approximate))
            notes.Insert(0, "~ The input was counted by a tokenizer that stands in for the model's own, at the ratio measured between the two.");
        if (notes.Count > 0)
            terminal.Line();
        foreach (var note in notes)
            terminal.Wrapped(note, 2);
    }

    private static string Headline(EstimateQuestion question, EstimateDocument answer)
    {
        var (rest, count) = (question.Rest, question.RequestCount);
        var often = rest.Per is { } per ? $" {(per is WorkloadPeriod.Hour ? "an" : "a")} {per.ToString().ToLowerInvariant()}" : "";
        var input = question.Files is { } files
            ? $"one of {files.Count:N0} {(files.Count == 1 ? "file" : "files")}{(question.Input > 0 ? $" and {question.Input:N0} tokens" : "")}"
            : $"{question.Input:N0} {(question.Input == 1 ? "token" : "tokens")}";
        var prefix = rest.CachedPrefixTokens > 0 ? $" after a prefix of {rest.CachedPrefixTokens:N0} (cache {rest.Cache.Name()})" : "";
        var tools = rest.ToolCalls > 0 ? $", {rest.ToolCalls:N0} tool calls" : "";
        var tier = rest.Tier.ToString().ToLowerInvariant() + (rest.Regional ? ", regional" : "");
        return $"{count:N0} {(count == 1 ? "request" : "requests")}{often}, {(count == 1 ? "" : "each ")}{input} in{prefix}, {rest.OutputTokens:N0} out{tools}. Prices: {tier}, of {answer.At[..10]}, card {answer.Card}.";
    }

    private static string[] Cells(ModelEstimateDocument model)
    {
        var columns = CostColumns.Of(model);
        var guess = model.Approximate ? "~" : "";
        return
        [
            model.Model, Cell(columns.Input, guess), Cell(columns.Cached), Cell(columns.Writes, columns.Input is null ? guess : ""), Cell(columns.Output), Cell(columns.Tools),
            Cell(CostColumns.Amount(model.TotalUsd), guess), Cell(CostColumns.Amount(model.PerRequestUsd), guess),
        ];
    }

    private static IEnumerable<string> Savings(ModelEstimateDocument model)
    {
        if (CostColumns.Amount(model.TotalUsd) is not { } total)
            yield break;
        if (CostColumns.Amount(model.AtStandardUsd) is { } standard)
            yield return Compared($"the {model.Tier} tier", total, standard, "at standard prices");
        if (CostColumns.Amount(model.WithoutCacheUsd) is { } uncached && uncached != total)
            yield return Compared("the cache", total, uncached, "without it");
        if (CostColumns.Amount(model.AtBatchUsd) is { } batch)
            yield return $"as a batch ${Usd(batch)}{(batch < total ? $", {Share(total - batch, total)} less" : batch > total ? $", {Share(batch - total, total)} more" : "")}.";
    }

    private static string Compared(string what, NanoUsd total, NanoUsd other, string against) => total <= other
        ? $"{what} saves ${Usd(other - total)} ({Share(other - total, other)}) against ${Usd(other)} {against}."
        : $"{what} costs ${Usd(total - other)} more ({Share(total - other, other)}) than ${Usd(other)} {against}.";

    private static string Share(NanoUsd part, NanoUsd whole) => whole == NanoUsd.Zero
        ? "0 %"
        : (100m * part.Value / whole.Value).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    private static string Cell(NanoUsd? amount, string guess = "") => amount is { } usd ? $"{guess}${Usd(usd)}" : "-";

    private static string Usd(NanoUsd amount) => ((decimal)amount.Value / NanoUsd.PerUsd).ToString("#,##0.00#######", CultureInfo.InvariantCulture);

    private static string Aligned(IReadOnlyList<string> cells, List<int> widths) =>
        string.Join(Gap, cells.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i])));
}
