using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Alerts;

/// <summary>What the tests of alerts do and look at, over HTTP alone.</summary>
internal static class AlertScene
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    /// <summary>Makes a webhook; answers its secret.</summary>
    public static async Task<string> PutWebhookAsync(HttpClient admin, string name, string url, string more = "")
    {
        using var response = await admin.PutAsync($"alerts/webhooks/{name}", TestProxy.Json($$"""{"url":"{{url}}"{{more}}}"""));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text).TryGetProperty("secret", out var secret) ? secret.GetString()! : "";
    }

    public static async Task<HttpStatusCode> CallAsync(HttpClient client, string user = "ada", string model = "gpt-4o-mini", int maxTokens = 50)
    {
        using var response = await client.PostAsync("/openai/v1/chat/completions", TestProxy.Json(
            $$"""{"model":"{{model}}","max_tokens":{{maxTokens}},"user":"{{user}}","messages":[{"role":"user","content":"Hello"}]}"""));
        await response.Content.ReadAsStringAsync();
        return response.StatusCode;
    }

    public static async Task<List<JsonElement>> ListAsync(HttpClient admin, string path) =>
        [.. (await admin.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").EnumerateArray()];

    /// <summary>Returns once deliveries are in that state.</summary>
    public static async Task<List<JsonElement>> WhenDeliveriesAsync(HttpClient admin, string state, int count, string more = "")
    {
        List<JsonElement> found = [];
        await Poll.UntilAsync(
            async () => (found = await ListAsync(admin, $"alerts/deliveries?state={state}{more}")).Count >= count, Limit, $"{count} deliveries are {state}");
        return found;
    }
}
