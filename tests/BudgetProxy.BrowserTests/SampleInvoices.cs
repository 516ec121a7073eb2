using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.BrowserTests;

/// <summary>Files of costs as providers would export them beside the sample ledger: mostly the same, with what usually differs.</summary>
internal static class SampleInvoices
{
    /// <summary>The file of OpenAI lacks a day in the middle; a newer one has the last days anew.</summary>
    public static async Task LayAsync(TestProxy proxy)
    {
        var usage = JsonElement.Parse(await proxy.Admin.GetStringAsync("usage?groupBy=model,day")).GetProperty("items").EnumerateArray()
            .Select(row => (Day: row.GetProperty("day").GetString()!, Model: row.GetProperty("model").GetString()!, Usd: decimal.Parse(row.GetProperty("costUsd").GetString()!, CultureInfo.InvariantCulture)))
            .Where(row => row.Usd > 0).OrderBy(row => row.Day, StringComparer.Ordinal).ToList();
        var days = usage.Select(row => row.Day).Distinct().ToList();
        var gap = days.Count > 8 ? days[days.Count / 2] : "";
        foreach (var part in gap.Length == 0 ? [days] : new[] { days.Where(day => string.CompareOrdinal(day, gap) < 0).ToList(), [.. days.Where(day => string.CompareOrdinal(day, gap) > 0)] })
            await ImportAsync(proxy, "openai", OpenAi(usage, part));
        await ImportAsync(proxy, "anthropic", Anthropic(usage, days));
    }

    /// <summary>The CSV that OpenAI would export of a ledger's days.</summary>
    private static string OpenAi(List<(string Day, string Model, decimal Usd)> usage, List<string> days)
    {
        var csv = new StringBuilder("start_time_iso,amount_value,amount_currency,line_item\n");
        foreach (var (day, model, usd) in usage.Where(row => days.Contains(row.Day)))
        {
            // A model whose price was raised without our knowing, one that no file has, and one that is off in the last places.
            var billed = model switch { "gpt-4o" => usd, "gpt-4o-mini" => usd * 1.004m, "gpt-4.1-mini" => usd * 1.19m, _ => 0 };
            if (billed > 0)
                csv.Append(CultureInfo.InvariantCulture, $"{day}T00:00:00,{billed * 0.6m},usd,\"{model}, input\"\n{day}T00:00:00,{billed * 0.4m},usd,\"{model}, output\"\n");
        }

        foreach (var day in days.Where((_, i) => i % 5 == 0))
            csv.Append(CultureInfo.InvariantCulture, $"{day}T00:00:00,0.35,usd,web search tool calls\n");
        return csv.ToString();
    }

    private static string Anthropic(List<(string Day, string Model, decimal Usd)> usage, List<string> days)
    {
        var csv = new StringBuilder("usage_date_utc,model,cost_usd\n");
        foreach (var (day, model, usd) in usage.Where(row => days.Contains(row.Day) && row.Model.StartsWith("claude-", StringComparison.Ordinal)))
            csv.Append(CultureInfo.InvariantCulture, $"{day},{model},{usd}\n");
        return csv.ToString();
    }

    private static async Task ImportAsync(TestProxy proxy, string provider, string csv)
    {
        using var body = new StringContent(csv, Encoding.UTF8, new MediaTypeHeaderValue("text/csv"));
        using var answer = await proxy.Admin.PostAsync("invoices/" + provider, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
