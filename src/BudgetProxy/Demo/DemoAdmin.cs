using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace BudgetProxy.Demo;

/// <summary>The demo's use of the admin API, over HTTP like anyone's.</summary>
internal sealed class DemoAdmin : IDisposable
{
    public const string Tenant = "acme";
    public const string BudgetName = "monthly";
    public const string Limit = "0.05";

    private readonly HttpClient _http;

    public DemoAdmin(Uri proxy, string adminKey)
    {
        _http = new HttpClient { BaseAddress = new Uri(proxy, "/admin/v1/") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
    }

    /// <summary>Makes the tenant, its budget and a key; returns the key.</summary>
    public async Task<string> SetUpAsync(CancellationToken cancellationToken)
    {
        await SendAsync(HttpMethod.Put, $"tenants/{Tenant}", """{"name":"Acme"}""", cancellationToken);
        var budget = $$$"""{"limit":{"usd":"{{{Limit}}}"},"window":"month"}""";
        await SendAsync(HttpMethod.Put, $"tenants/{Tenant}/budgets/{BudgetName}", budget, cancellationToken);
        var made = await SendAsync(HttpMethod.Post, $"tenants/{Tenant}/keys", """{"name":"demo"}""", cancellationToken);
        return JsonElement.Parse(made).GetProperty("key").GetString()!;
    }

    public async Task<DemoBudget> BudgetAsync(CancellationToken cancellationToken)
    {
        var answer = JsonElement.Parse(await SendAsync(HttpMethod.Get, $"tenants/{Tenant}/budgets", null, cancellationToken));
        var budget = answer.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("name").GetString() == BudgetName);
        return new DemoBudget(Money(budget, "spent"), Money(budget, "held"), Money(budget, "remaining"));
    }

    public async Task<IReadOnlyList<DemoEntry>> LedgerAsync(CancellationToken cancellationToken)
    {
        var lines = await SendAsync(HttpMethod.Get, $"ledger?tenant={Tenant}&format=jsonl", null, cancellationToken);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ReadEntry)];
    }

    public void Dispose() => _http.Dispose();

    private static DemoEntry ReadEntry(string line)
    {
        var entry = JsonElement.Parse(line);
        var tokens = entry.GetProperty("tokens");
        return new DemoEntry(
            entry.GetProperty("requestId").GetString()!,
            tokens.GetProperty("input").GetInt64(),
            tokens.GetProperty("output").GetInt64(),
            Money(entry, "costUsd"));
    }

    private static decimal Money(JsonElement element, string name) => decimal.Parse(element.GetProperty(name).GetString()!);

    private async Task<string> SendAsync(HttpMethod method, string path, string? json, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode
            ? text
            : throw new InvalidOperationException($"{method} {request.RequestUri} was answered with {(int)answer.StatusCode}: {text}");
    }
}
