using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Embedded;
using BudgetProxy.Tests.Gateway;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Hosting;

/// <summary>A proxy process with one tenant before a simulated provider, to be told to stop; and its books once it has.</summary>
internal sealed class ShutdownScene : IAsyncDisposable
{
    private readonly TempFolder _data;
    private readonly Dictionary<string, string> _settings;
    private readonly HttpClient _client;

    private ShutdownScene(SimulatedProvider provider, TempFolder data, Dictionary<string, string> settings, ProxyProcess proxy, string key)
    {
        (Provider, _data, _settings, Proxy) = (provider, data, settings, proxy);
        _client = new HttpClient { BaseAddress = proxy.BaseAddress };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
    }

    public SimulatedProvider Provider { get; }

    public ProxyProcess Proxy { get; }

    public static async Task<ShutdownScene> StartAsync(params (string Key, string Value)[] settings)
    {
        var provider = await SimulatedProvider.StartAsync();
        var data = new TempFolder();
        var all = new Dictionary<string, string>
        {
            ["BudgetProxy__DataDirectory"] = data.Path,
            ["BudgetProxy__AdminKey"] = TestProxy.AdminKey,
            ["BudgetProxy__Providers__openai__BaseUrl"] = provider.OpenAiBaseUrl,
            ["BudgetProxy__Providers__anthropic__BaseUrl"] = provider.AnthropicBaseUrl,
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        var proxy = await ProxyProcess.StartAsync(all);
        using var admin = Admin(proxy);
        await EnsureAsync(admin.PutAsync("tenants/acme", TestProxy.Json("{}")));
        await EnsureAsync(admin.PutAsync("tenants/acme/budgets/monthly", TestProxy.Json("""{"limit":{"usd":"100"},"window":"month"}""")));
        var made = await EnsureAsync(admin.PostAsync("tenants/acme/keys", TestProxy.Json("""{"name":"main"}""")));
        return new ShutdownScene(provider, data, all, proxy, JsonElement.Parse(made).GetProperty("key").GetString()!);
    }

    /// <summary>Begins a streamed call, and returns once some of its answer has come.</summary>
    public async Task<OpenStream> OpenStreamAsync(bool anthropic)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, anthropic ? Bodies.MessagesPath : Bodies.ChatPath)
        {
            Content = TestProxy.Json(anthropic ? Bodies.Messages(maxTokens: 500, stream: true) : Bodies.Chat(maxTokens: 500, stream: true)),
        };
        var stream = await OpenStream.OfAsync(await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
        await stream.ReadLinesAsync(4);
        return stream;
    }

    /// <summary>A chat call that is not streamed.</summary>
    public Task<HttpResponseMessage> SendAsync(string body, CancellationToken cancellationToken) =>
        _client.PostAsync(Bodies.ChatPath, TestProxy.Json(body), cancellationToken);

    public async Task WhenCalledAsync(int calls)
    {
        while (Provider.CallCount < calls)
            await Task.Delay(10);
    }

    /// <summary>What <c>/readyz</c> answers on a connection of its own; null = no connection is accepted.</summary>
    public async Task<HttpStatusCode?> ReadinessAsync()
    {
        using var client = new HttpClient { BaseAddress = Proxy.BaseAddress };
        try
        {
            using var response = await client.GetAsync("/readyz");
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Reservations that the ended process left open in its database.</summary>
    public long OpenReservations()
    {
        using var database = new EmbeddedDatabase(_data.Path);
        using var connection = database.OpenConnection();
        using var count = connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM reservations";
        return (long)count.ExecuteScalar()!;
    }

    /// <summary>Starts a proxy on what the ended one left, and reads its books.</summary>
    public async Task<ShutdownBooks> ReadBooksAsync()
    {
        await Provider.WhenIdleAsync();
        await using var second = await ProxyProcess.StartAsync(_settings);
        using var admin = Admin(second);
        var ledger = (await admin.GetStringAsync("ledger?tenant=acme&format=jsonl"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        var budgets = await admin.GetFromJsonAsync<JsonElement>("tenants/acme/budgets");
        return new ShutdownBooks(ledger, budgets.GetProperty("items")[0]);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Proxy.DisposeAsync();
        await Provider.DisposeAsync();
        _data.Dispose();
    }

    private static HttpClient Admin(ProxyProcess proxy)
    {
        var admin = new HttpClient { BaseAddress = new Uri(proxy.BaseAddress, "/admin/v1/") };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestProxy.AdminKey);
        return admin;
    }

    private static async Task<string> EnsureAsync(Task<HttpResponseMessage> sent)
    {
        using var response = await sent;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }
}
