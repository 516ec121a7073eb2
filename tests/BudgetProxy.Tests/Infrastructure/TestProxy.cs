using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>The real proxy on a free loopback port, with its own data directory, before a simulated provider with its own books.</summary>
internal sealed class TestProxy : IAsyncDisposable
{
    public const string AdminKey = "test-admin-key-0123456789";
    public const string OpenAiKey = "sk-provider-canary-openai";
    public const string AnthropicKey = "sk-ant-provider-canary";

    private readonly WebApplication _app;
    private readonly DirectoryInfo _data;

    private TestProxy(WebApplication app, SimulatedProvider provider, DirectoryInfo data)
    {
        _app = app;
        _data = data;
        Provider = provider;
        BaseAddress = new Uri(app.Urls.First());
        Admin = new HttpClient { BaseAddress = new Uri(BaseAddress, "/admin/v1/") };
        Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    public SimulatedProvider Provider { get; }

    public Uri BaseAddress { get; }

    /// <summary>Every route that the proxy has.</summary>
    public EndpointDataSource Endpoints => new CompositeEndpointDataSource(((IEndpointRouteBuilder)_app).DataSources);

    public string DataDirectory => _data.FullName;

    /// <summary>The proxy's own parts, to lay down what only time would.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Speaks to the admin API with the bootstrap key.</summary>
    public HttpClient Admin { get; }

    public static async Task<TestProxy> StartAsync(params (string Key, string Value)[] settings)
    {
        var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { OpenAiKey = OpenAiKey, AnthropicKey = AnthropicKey });
        var data = Directory.CreateTempSubdirectory("budgetproxy-test-");
        List<string> args =
        [
            "--urls", "http://127.0.0.1:0",
            "--BudgetProxy:DataDirectory", data.FullName,
            "--BudgetProxy:AdminKey", AdminKey,
            "--BudgetProxy:Providers:openai:BaseUrl", provider.OpenAiBaseUrl,
            "--BudgetProxy:Providers:openai:ApiKey", OpenAiKey,
            "--BudgetProxy:Providers:anthropic:BaseUrl", provider.AnthropicBaseUrl,
            "--BudgetProxy:Providers:anthropic:ApiKey", AnthropicKey,
            "--Logging:LogLevel:Default", "Warning",
        ];
        foreach (var (key, value) in settings)
            args.AddRange([$"--BudgetProxy:{key}", value]);
        var app = ProxyHost.Build([.. args]);
        await app.StartAsync();
        return new TestProxy(app, provider, data);
    }

    /// <summary>A client that presents this virtual key as OpenAI's SDKs do; it never waits for another's connection.</summary>
    public HttpClient Client(string key)
    {
        var client = new HttpClient { BaseAddress = BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        return client;
    }

    /// <summary>Makes a tenant with one key.</summary>
    /// <param name="tenant">JSON of the tenant's definition.</param>
    /// <param name="key">JSON of the key's definition.</param>
    /// <returns>The virtual key.</returns>
    public async Task<string> CreateTenantAsync(string id, string tenant = "{}", string key = """{"name":"main"}""")
    {
        await SendAsync(HttpMethod.Put, $"tenants/{id}", tenant);
        return (await SendAsync(HttpMethod.Post, $"tenants/{id}/keys", key)).GetProperty("key").GetString()!;
    }

    public Task PutBudgetAsync(string tenant, string name, string budget) => SendAsync(HttpMethod.Put, $"tenants/{tenant}/budgets/{name}", budget);

    /// <summary>The tenant's budgets with their live counters, by name.</summary>
    public async Task<Dictionary<string, JsonElement>> BudgetsAsync(string tenant)
    {
        var list = await Admin.GetFromJsonAsync<JsonElement>($"tenants/{tenant}/budgets");
        return list.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("name").GetString()!);
    }

    /// <summary>All ledger entries of the tenant, in settling order.</summary>
    public async Task<List<JsonElement>> LedgerAsync(string tenant)
    {
        var text = await Admin.GetStringAsync($"ledger?tenant={tenant}&format=jsonl");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    /// <summary>The one ledger entry of the tenant, once it is there.</summary>
    public async Task<JsonElement> OnlyEntryAsync(string tenant)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var entries = await LedgerAsync(tenant);
            if (entries.Count > 0)
                return Assert.Single(entries);
            await Task.Delay(25);
        }

        throw new InvalidOperationException("The call was never booked.");
    }

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, string json)
    {
        using var request = new HttpRequestMessage(method, path) { Content = Json(json) };
        using var response = await Admin.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        using (var now = new CancellationTokenSource(TimeSpan.FromSeconds(5)))
            await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        await Provider.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
