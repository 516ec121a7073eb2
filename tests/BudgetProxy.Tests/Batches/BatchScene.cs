using System.Text;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Batches;

/// <summary>What the tests of batches do and look at, over HTTP alone.</summary>
internal static class BatchScene
{
    public const string OpenAiModel = "gpt-4o-mini";
    public const string ClaudeModel = "claude-haiku-4-5-20251001";

    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Looks at batches five times a second.</summary>
    public static Task<TestProxy> StartAsync(params (string Key, string Value)[] settings) => TestProxy.StartAsync([("BatchPollInterval", "00:00:00.200"), .. settings]);

    public static string ChatLine(string id, int maxTokens = 20, string model = OpenAiModel, string extra = "", string url = "/v1/chat/completions") =>
        "{\"custom_id\":\"" + id + "\",\"method\":\"POST\",\"url\":\"" + url + "\",\"body\":{\"model\":\"" + model + "\",\"max_tokens\":" + maxTokens
        + ",\"messages\":[{\"role\":\"user\",\"content\":\"Say hello to line " + id + ".\"}]" + extra + "}}";

    public static string MessageRequest(string id, int maxTokens = 20, string model = ClaudeModel, string extra = "") =>
        "{\"custom_id\":\"" + id + "\",\"params\":{\"model\":\"" + model + "\",\"max_tokens\":" + maxTokens
        + ",\"messages\":[{\"role\":\"user\",\"content\":\"Say hello to line " + id + ".\"}]" + extra + "}}";

    public static string Lines(int count, Func<int, string> line) => string.Concat(Enumerable.Range(0, count).Select(i => line(i) + "\n"));

    public static string Requests(int count, Func<int, string> request) => "{\"requests\":[" + string.Join(',', Enumerable.Range(0, count).Select(request)) + "]}";

    public static async Task<HttpResponseMessage> UploadAsync(HttpClient client, string lines, string purpose = "batch")
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(purpose), "purpose" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(lines)), "file", "lines of mine.jsonl" },
        };
        return await client.PostAsync("/openai/v1/files", form);
    }

    public static async Task<string> UploadedAsync(HttpClient client, string lines)
    {
        using var response = await UploadAsync(client, lines);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text).GetProperty("id").GetString()!;
    }

    public static Task<HttpResponseMessage> CreateAsync(HttpClient client, string file, string extra = "", string endpoint = "/v1/chat/completions") => client.PostAsync(
        "/openai/v1/batches", TestProxy.Json($$"""{"input_file_id":"{{file}}","endpoint":"{{endpoint}}","completion_window":"24h"{{extra}}}"""));

    public static async Task<string> CreatedAsync(HttpClient client, string file) => await IdOfAsync(await CreateAsync(client, file));

    public static async Task<string> MessagesAsync(HttpClient client, string body) =>
        await IdOfAsync(await client.PostAsync("/anthropic/v1/messages/batches", TestProxy.Json(body)));

    public static async Task<string> IdOfAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, text);
            return JsonElement.Parse(text).GetProperty("id").GetString()!;
        }
    }

    /// <summary>Returns once nothing of the tenant's budget is held, and something was booked or dropped.</summary>
    public static Task WhenSettledAsync(TestProxy proxy, string tenant, string budget) => Poll.UntilAsync(
        async () => Money((await proxy.BudgetsAsync(tenant))[budget], "held") == 0 && await OpenAsync(proxy.BaseAddress) == 0, Limit, "every batch is settled");

    /// <summary>Batches that are open, as the metrics page counts them.</summary>
    public static async Task<int> OpenAsync(Uri proxy)
    {
        using var client = new HttpClient { BaseAddress = proxy };
        var page = await client.GetStringAsync("/metrics");
        int Count(string outcome) => page.Split('\n').Where(line => line.StartsWith($"budgetproxy_batches_total{{outcome=\"{outcome}\"}}", StringComparison.Ordinal))
            .Select(line => int.Parse(line.Split(' ')[1])).FirstOrDefault();
        return Count("admitted") - Count("settled") - Count("dropped");
    }

    public static decimal Money(JsonElement json, string name) => decimal.Parse(json.GetProperty(name).GetString()!);

    /// <summary>The ledger, the counter and the provider's own books say the same.</summary>
    public static async Task AssertBooksAgreeAsync(TestProxy proxy, string tenant, string budget)
    {
        var ledger = await proxy.LedgerAsync(tenant);
        var billed = proxy.Provider.Batches.Billed;
        var calls = proxy.Provider.Billed;
        Assert.Equal(billed.TotalInput + calls.TotalInput, ledger.Sum(InputOf));
        Assert.Equal(billed.Output + calls.Output, ledger.Sum(entry => entry.GetProperty("tokens").GetProperty("output").GetInt64()));
        var state = (await proxy.BudgetsAsync(tenant))[budget];
        Assert.Equal(ledger.Sum(entry => Money(entry, "costUsd")), Money(state, "spent"));
        Assert.Equal(0m, Money(state, "held"));
        Assert.Equal(ledger.Count, ledger.Select(entry => entry.GetProperty("id").GetString()).Distinct().Count());
    }

    public static long InputOf(JsonElement entry)
    {
        var tokens = entry.GetProperty("tokens");
        return tokens.EnumerateObject().Where(bucket => bucket.Name is "input" or "cachedInput" or "cacheWriteShort" or "cacheWriteLong").Sum(bucket => bucket.Value.GetInt64());
    }
}
