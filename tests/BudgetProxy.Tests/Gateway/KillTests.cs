using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

/// <summary>kill -9 in the middle of streams: the next start accounts for every call that the provider saw.</summary>
public sealed class KillTests
{
    private const int Streams = 50;

    [Fact(Timeout = 120_000)]
    public async Task After_kill_9_in_the_middle_of_50_streams_nothing_is_lost_and_nothing_is_twice()
    {
        await using var provider = await SimulatedProvider.StartAsync();
        // Some end before the kill, most are in the middle of their answer.
        provider.Script = call => new SimulatedAnswer { OutputTokens = call.Number % 5 == 0 ? 3 : 400, ChunkDelay = TimeSpan.FromMilliseconds(20) };
        using var data = new TempFolder();
        var settings = new Dictionary<string, string>
        {
            ["BudgetProxy__DataDirectory"] = data.Path,
            ["BudgetProxy__AdminKey"] = TestProxy.AdminKey,
            ["BudgetProxy__Providers__openai__BaseUrl"] = provider.OpenAiBaseUrl,
            ["BudgetProxy__Providers__anthropic__BaseUrl"] = provider.AnthropicBaseUrl,
        };
        await using (var first = await ProxyProcess.StartAsync(settings))
        {
            var key = await SetUpAsync(first);
            var calls = Enumerable.Range(0, Streams).Select(i => StreamAsync(first, key, anthropic: i % 2 == 1)).ToList();
            using var watch = Admin(first);
            while (provider.CallCount < Streams || (await watch.GetStringAsync("ledger?tenant=acme&format=jsonl")).Length == 0)
                await Task.Delay(10);
            await first.KillAsync();
            await Task.WhenAll(calls);
        }

        await provider.WhenIdleAsync();
        await using var second = await ProxyProcess.StartAsync(settings);
        using var admin = Admin(second);
        var ledger = (await admin.GetStringAsync("ledger?tenant=acme&format=jsonl"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();

        Assert.Equal(Streams, provider.CallCount);
        Assert.Equal(Streams, ledger.Count);
        Assert.Equal(Streams, ledger.Select(entry => entry.GetProperty("requestId").GetString()).Distinct().Count());
        Assert.Contains(ledger, entry => entry.GetProperty("basis").GetString() == "presumed");
        Assert.Contains(ledger, entry => entry.GetProperty("basis").GetString() == "reported");
        Assert.True(ledger.Sum(entry => entry.GetProperty("tokens").GetProperty("output").GetInt64()) >= provider.Billed.Output);

        var budgets = await admin.GetFromJsonAsync<JsonElement>("tenants/acme/budgets");
        foreach (var budget in budgets.GetProperty("items").EnumerateArray().Where(item => item.TryGetProperty("spent", out _)))
        {
            Assert.Equal(ledger.Sum(entry => MeteredCallTests.Money(entry, "costUsd")), MeteredCallTests.Money(budget, "spent"));
            Assert.Equal(0m, MeteredCallTests.Money(budget, "held"));
        }
    }

    private static async Task<string> SetUpAsync(ProxyProcess proxy)
    {
        using var admin = Admin(proxy);
        await EnsureAsync(admin.PutAsync("tenants/acme", TestProxy.Json("{}")));
        await EnsureAsync(admin.PutAsync("tenants/acme/budgets/monthly", TestProxy.Json("""{"limit":{"usd":"100"},"window":"month"}""")));
        await EnsureAsync(admin.PutAsync("tenants/acme/budgets/total", TestProxy.Json("""{"limit":{"usd":"100"},"window":"lifetime"}""")));
        var made = await EnsureAsync(admin.PostAsync("tenants/acme/keys", TestProxy.Json("""{"name":"main"}""")));
        return JsonElement.Parse(made).GetProperty("key").GetString()!;
    }

    private static async Task<string> EnsureAsync(Task<HttpResponseMessage> sent)
    {
        using var response = await sent;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }

    private static async Task StreamAsync(ProxyProcess proxy, string key, bool anthropic)
    {
        using var client = new HttpClient { BaseAddress = proxy.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        try
        {
            using var response = await client.PostAsync(
                anthropic ? Bodies.MessagesPath : Bodies.ChatPath,
                TestProxy.Json(anthropic ? Bodies.Messages(maxTokens: 500, stream: true) : Bodies.Chat(maxTokens: 500, stream: true)));
            await response.Content.ReadAsStringAsync();
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            // The proxy was killed under it.
        }
    }

    private static HttpClient Admin(ProxyProcess proxy)
    {
        var admin = new HttpClient { BaseAddress = new Uri(proxy.BaseAddress, "/admin/v1/") };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestProxy.AdminKey);
        return admin;
    }
}
