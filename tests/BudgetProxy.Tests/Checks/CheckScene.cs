using System.Net;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Checks;

/// <summary>A tenant that calls its provider itself, and asks the proxy beside it.</summary>
internal sealed class CheckScene : IAsyncDisposable
{
    private readonly RedisServer? _redis;

    private CheckScene(TestProxy proxy, HttpClient client, RedisServer? redis) => (Proxy, Client, _redis) = (proxy, client, redis);

    public TestProxy Proxy { get; }

    public HttpClient Client { get; }

    public static async Task<CheckScene> StartAsync(bool distributed, string tenant = "{}", string key = """{"name":"main"}""", params (string, string)[] settings)
    {
        var redis = distributed ? await RedisServer.StartAsync() : null;
        var proxy = await TestProxy.StartAsync(redis is null
            ? settings
            : [.. settings, ("Redis", redis.ConnectionString), ("Postgres", await Distributed.Databases.NewAsync())]);
        return new CheckScene(proxy, proxy.Client(await proxy.CreateTenantAsync("acme", tenant, key)), redis);
    }

    public Task<Answer> ReserveAsync(string body, string? repeatKey = null, HttpClient? client = null) => PostAsync("/v1/reservations", body, repeatKey, client);

    public Task<Answer> SettleAsync(string id, string body, HttpClient? client = null) => PostAsync($"/v1/reservations/{id}/settle", body, null, client);

    public Task<Answer> VoidAsync(string id, HttpClient? client = null) => PostAsync($"/v1/reservations/{id}/void", "", null, client);

    public async Task<Answer> PostAsync(string path, string body, string? repeatKey = null, HttpClient? client = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, type) };
        if (repeatKey is not null)
            request.Headers.Add("Idempotency-Key", repeatKey);
        return await SendAsync(request, client);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request, HttpClient? client = null)
    {
        using var response = await (client ?? Client).SendAsync(request);
        var headers = response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), headers);
    }

    /// <summary>Spent and held of a budget, in its own unit.</summary>
    public async Task<(decimal Spent, decimal Held)> CounterAsync(string budget = "monthly")
    {
        var shown = (await Proxy.BudgetsAsync("acme"))[budget];
        return (Number(shown.GetProperty("spent")), Number(shown.GetProperty("held")));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Proxy.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
    }

    public static decimal Number(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? decimal.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
        : value.GetDecimal();

    internal sealed record Answer(HttpStatusCode Status, string Body, IReadOnlyDictionary<string, string> Headers)
    {
        public JsonElement Json => JsonElement.Parse(Body);

        public string Id => Json.GetProperty("id").GetString()!;

        public string? Text(string name) => Json.TryGetProperty(name, out var value) ? value.ToString() : null;

        public Answer Is(int status)
        {
            Assert.True(status == (int)Status, $"{(int)Status}: {Body}");
            return this;
        }

        /// <summary>The code of a refusal, in header and body alike.</summary>
        public string Code
        {
            get
            {
                var code = Json.GetProperty("error").GetProperty("code").GetString()!;
                Assert.Equal(Headers["X-BudgetProxy-Code"], code);
                return code;
            }
        }
    }
}
