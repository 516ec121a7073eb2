namespace BudgetProxy.Invoices;

/// <summary>
/// Anthropic's export of costs (platform.claude.com/cost, Export): a row for each day, model, workspace, key and kind of token. Columns as seen in exports of 2026:
/// <c>usage_date_utc</c>, <c>model</c> (its display name, such as <c>Claude Haiku 4.5</c>), <c>workspace</c>, <c>api_key</c>, <c>usage_type</c>, <c>context_window</c>,
/// <c>token_type</c>, <c>cost_usd</c>, <c>list_price_usd</c>, <c>cost_type</c>, and others. Tools have no model and are named by their type.
/// </summary>
internal static class AnthropicCosts
{
    private const string Date = "usage_date_utc";

    public static readonly string[] Needed = [Date, "cost_usd"];

    /// <summary>Columns that only the export of usage has: tokens, and no costs.</summary>
    public static readonly string[] OfUsage = ["usage_input_tokens_no_cache", "usage_output_tokens"];

    public const string Hint = "Export the costs: platform.claude.com/cost, Export, CSV.";

    public static InvoiceRow Read(InvoiceRecord record)
    {
        var item = record.Text("model");
        if (item.Length == 0)
            item = record.Text("cost_type") is { Length: > 0 } type && type != "token" ? type : record.Text("usage_type");
        return new InvoiceRow(record.Day(Date, record.Instant(Date)), item, record.Usd("cost_usd"));
    }
}
