using System.Globalization;
using System.Text;

namespace BudgetProxy.Admin;

/// <summary>An import as a table of text, one line for each figure that changes and for each model that is skipped or invalid.</summary>
internal static class ImportTable
{
    private static readonly string[] Header = ["line", "change", "model", "price", "old", "new", "ratio", ""];

    public static string Of(ImportDocument import)
    {
        var rows = new List<string[]> { Header };
        foreach (var model in import.Models)
        {
            var name = model.Model is null ? model.Name : $"{model.Provider}/{model.Model}";
            var line = model.Line.ToString(CultureInfo.InvariantCulture);
            if (model.Prices.Count == 0)
                rows.Add([line, model.Change, name, "", "", "", "", string.Join("; ", model.Notes.Prepend(model.Reason).OfType<string>())]);
            for (var i = 0; i < model.Prices.Count; i++)
            {
                var price = model.Prices[i];
                var notes = i == 0 ? model.Notes : [];
                rows.Add(
                [
                    line, model.Change, name, price.Price, price.Old ?? "-", price.New ?? "-", price.Ratio?.ToString("0.####", CultureInfo.InvariantCulture) ?? "",
                    string.Join("; ", notes.Prepend(price.Warning is null ? null : "! " + price.Warning).OfType<string>()),
                ]);
            }
        }

        var totals = import.Totals;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{(import.Applied ? "Applied" : "Preview")} {import.Id}, {import.Format}, from {import.EffectiveFrom ?? "when it is applied"}\n");
        text.Append(CultureInfo.InvariantCulture, $"{totals.Models} models: {totals.New} new, {totals.Changed} changed, {totals.Unchanged} unchanged, {totals.Skipped} skipped, {totals.Invalid} invalid; {totals.Warnings} warnings\n\n");
        Append(text, rows);
        return text.ToString();
    }

    private static void Append(StringBuilder text, List<string[]> rows)
    {
        var widths = Enumerable.Range(0, Header.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var start = text.Length;
            for (var column = 0; column < row.Length; column++)
                text.Append(column is 0 or 4 or 5 or 6 ? row[column].PadLeft(widths[column]) : row[column].PadRight(widths[column])).Append("  ");
            while (text.Length > start && text[^1] == ' ')
                text.Length--;
            text.Append('\n');
        }
    }
}
