using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Batches;

/// <summary>A proxy in a process of its own that follows batches, with a tenant and a budget in dollars and one in calls.</summary>
internal sealed class BatchProcess : IAsyncDisposable
{
    private readonly TempFolder _data = new();

    private BatchProcess(SimulatedProvider provider) => Provider = provider;

    public SimulatedProvider Provider { get; }

    public ProxyProcess Proxy { get; private set; } = null!;

    public string Key { get; private set; } = "";

    public static async Task<BatchProcess> StartAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        var scene = new BatchProcess(await SimulatedProvider.StartAsync());
        var all = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["BudgetProxy__DataDirectory"] = scene._data.Path,
            ["BudgetProxy__AdminKey"] = TestProxy.AdminKey,
            ["BudgetProxy__BatchPollInterval"] = "00:00:00.200",
            ["BudgetProxy__Providers__openai__BaseUrl"] = scene.Provider.OpenAiBaseUrl,
            ["BudgetProxy__Providers__anthropic__BaseUrl"] = scene.Provider.AnthropicBaseUrl,
        };
        scene.Proxy = await ProxyProcess.StartAsync(all);
        using var admin = scene.Proxy.Admin();
        await EnsureAsync(admin.PutAsync("tenants/acme", TestProxy.Json("{}")));
        await EnsureAsync(admin.PutAsync("tenants/acme/budgets/monthly", TestProxy.Json("""{"limit":{"usd":"1000"},"window":"month"}""")));
        await EnsureAsync(admin.PutAsync("tenants/acme/budgets/calls", TestProxy.Json("""{"limit":{"requests":1000000},"window":"month"}""")));
        scene.Key = JsonElement.Parse(await EnsureAsync(admin.PostAsync("tenants/acme/keys", TestProxy.Json("""{"name":"main"}""")))).GetProperty("key").GetString()!;
        return scene;
    }

    public HttpClient Client()
    {
        var client = new HttpClient { BaseAddress = Proxy.BaseAddress, Timeout = TimeSpan.FromMinutes(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        return client;
    }

    public async Task<List<JsonElement>> LedgerAsync()
    {
        using var admin = Proxy.Admin();
        var text = await admin.GetStringAsync("ledger?tenant=acme&format=jsonl");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    /// <summary>A counter of a budget: <c>held</c> or <c>spent</c>.</summary>
    public async Task<decimal> CounterAsync(string budget, string counter)
    {
        using var admin = Proxy.Admin();
        var list = await admin.GetFromJsonAsync<JsonElement>("tenants/acme/budgets");
        var value = list.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("name").GetString() == budget).GetProperty(counter);
        return value.ValueKind == JsonValueKind.String ? decimal.Parse(value.GetString()!) : value.GetDecimal();
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Provider.DisposeAsync();
        _data.Dispose();
    }

    private static async Task<string> EnsureAsync(Task<HttpResponseMessage> sent)
    {
        using var response = await sent;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }
}
