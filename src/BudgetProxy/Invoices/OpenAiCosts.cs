namespace BudgetProxy.Invoices;

/// <summary>
/// OpenAI's export of costs (platform.openai.com/usage, Cost, Export): a row for each day and line item, or for each day alone where it was not grouped. Columns as
/// seen in exports of 2025 and 2026: <c>start_time</c> and <c>end_time</c> (Unix seconds), <c>start_time_iso</c>, <c>amount_value</c>, <c>amount_currency</c>,
/// <c>line_item</c> (such as <c>gpt-4o-mini-2024-07-18, cached input</c> or <c>priority | gpt-5, output</c>), and others. A day without cost has a row without amount.
/// </summary>
internal static class OpenAiCosts
{
    public static readonly string[] Needed = ["amount_value"];

    /// <summary>Columns that only the export of usage has: tokens, and no costs.</summary>
    public static readonly string[] OfUsage = ["num_model_requests", "input_tokens"];

    public const string Hint = "Export the costs: platform.openai.com/usage, Cost, grouped by line item, Export, CSV.";

    public static InvoiceRow Read(InvoiceRecord record)
    {
        var isUnix = record["start_time"].Length > 0;
        var (start, end) = isUnix ? ("start_time", "end_time") : ("start_time_iso", "end_time_iso");
        var from = isUnix ? record.Seconds(start) : record.Instant(start);
        if (record[end].Length > 0)
        {
            var length = (isUnix ? record.Seconds(end) : record.Instant(end)) - from;
            if (length > TimeSpan.FromDays(1))
                throw record.Refused(end, "the row is for more than a day; export costs by day");
            if (length < TimeSpan.Zero)
                throw record.Refused(end, "the row ends before it begins");
        }

        var usd = record.Usd("amount_value");
        if (usd is not null && record.Has("amount_currency") && !record["amount_currency"].Equals("usd", StringComparison.OrdinalIgnoreCase))
            throw record.Refused("amount_currency", $"'{record.Text("amount_currency")}' is not usd");
        return new InvoiceRow(record.Day(start, from), ItemOf(record.Text("line_item")), usd);
    }

    /// <summary>The model of a line item, without the tier before it and the kind of token behind it.</summary>
    private static string ItemOf(string line)
    {
        var tier = line.LastIndexOf(" | ", StringComparison.Ordinal);
        var bare = tier < 0 ? line : line[(tier + 3)..];
        var kind = bare.IndexOf(", ", StringComparison.Ordinal);
        return (kind < 0 ? bare : bare[..kind]).Trim();
    }
}
