using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BudgetProxy.Core.Rates.Calculator;

namespace BudgetProxy.Cli.Estimates;

/// <summary>Estimates for programs to read.</summary>
internal static class EstimateText
{
    private const string Head =
        "model,rate,tier,requests,cache_writes,input_usd,cached_usd,cache_writes_usd,output_usd,tools_usd,total_usd,per_request_usd,without_cache_usd,"
        + "at_standard_usd,at_batch_usd,cheapest,approximate";

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    // For a terminal or a file, where no character needs to be hidden from HTML.
    private static readonly EstimateJson Indented = new(new JsonSerializerOptions(EstimateJson.Default.Options)
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Json(EstimateDocument answer) => JsonSerializer.Serialize(answer, Indented.EstimateDocument);

    /// <summary>RFC 4180: a line a model, CRLF, quotes doubled. A name that a spreadsheet would take for a formula gets a leading apostrophe.</summary>
    public static void WriteCsv(EstimateDocument answer, TextWriter output)
    {
        output.Write(Head + "\r\n");
        foreach (var model in answer.Models)
        {
            var columns = CostColumns.Of(model);
            string?[] fields =
            [
                Text(model.Model), Text(model.Rate), model.Tier, model.Requests.ToString(), model.CacheWrites.ToString(), columns.Input?.ToString(),
                columns.Cached?.ToString(), columns.Writes?.ToString(), columns.Output?.ToString(), columns.Tools?.ToString(), model.TotalUsd, model.PerRequestUsd,
                model.WithoutCacheUsd, model.AtStandardUsd, model.AtBatchUsd, model.Cheapest ? "true" : "false", model.Approximate ? "true" : "false",
            ];
            output.Write(string.Join(',', fields) + "\r\n");
        }
    }

    private static string Text(string text)
    {
        if (text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..])
            text = "'" + text;
        return text.AsSpan().ContainsAny(Quoted) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
