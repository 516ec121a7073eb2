using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

/// <summary>Keys and prompts pass through and stay nowhere: canaries are looked for in every place that outlives a call.</summary>
public sealed class SecrecyTests
{
    private const string AdminKey = "admin-canary-5e1fd2a7";
    private const string OpenAiKey = "sk-openai-canary-93b1c0";
    private const string AnthropicKey = "sk-ant-canary-6c2e44";
    private const string WrongKey = "bp_wrongcanary8f21aa";
    private const string Prompt = "promptcanary47d0";

    [Fact(Timeout = 120_000)]
    public async Task No_key_and_no_prompt_stands_in_files_metrics_or_logs()
    {
        await using var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { OpenAiKey = OpenAiKey, AnthropicKey = AnthropicKey });
        provider.Script = Answer;
        var data = Directory.CreateTempSubdirectory("budgetproxy-secrecy-");
        try
        {
            string[] secrets;
            var kept = new List<(string Place, string Text)>();
            await using (var proxy = await ProxyProcess.StartAsync(Settings(provider, data.FullName)))
            {
                using var admin = Client(proxy, AdminKey);
                var key = await SetUpAsync(admin);
                // The first characters of a key are shown on purpose; the rest is secret.
                secrets = [AdminKey, OpenAiKey, AnthropicKey, WrongKey, Prompt, key[12..]];
                using var client = Client(proxy, key);
                using var stranger = Client(proxy, WrongKey);
                await CallAsync(client, stranger);
                await provider.WhenIdleAsync();
                kept.Add(("metrics", await admin.GetStringAsync("/metrics")));
                kept.Add(("ledger", await WhenBookedAsync(admin, entries: 7)));
                await proxy.KillAsync();
                kept.Add(("log", proxy.Output));
            }

            kept.AddRange(data.GetFiles("*", SearchOption.AllDirectories).Select(file => (file.Name, Encoding.Latin1.GetString(File.ReadAllBytes(file.FullName)))));
            Assert.Contains(kept, place => place.Place.EndsWith(".db", StringComparison.Ordinal));
            Assert.Contains(kept, place => place.Place == "metrics" && place.Text.Contains("budgetproxy_", StringComparison.Ordinal));
            Assert.Contains(kept, place => place.Place == "log" && place.Text.Contains("dbug:", StringComparison.Ordinal));
            Assert.Contains(kept, place => place.Place != "ledger" && place.Text.Contains("user-on-the-books", StringComparison.Ordinal));
            var found = from place in kept from secret in secrets where place.Text.Contains(secret, StringComparison.OrdinalIgnoreCase) select $"{secret} in {place.Place}";
            Assert.Empty(found);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static SimulatedAnswer Answer(SimulatedCall call) => call.Number switch
    {
        4 => new SimulatedAnswer { Status = 500, ErrorBody = $$"""{"error":{"message":"{{Prompt}} {{OpenAiKey}}"} }""" },
        5 => new SimulatedAnswer { Status = 429 },
        6 => new SimulatedAnswer { Abort = SimulatedAbort.BeforeHeaders },
        7 => new SimulatedAnswer { Abort = SimulatedAbort.InBody, OutputTokens = 50 },
        8 => new SimulatedAnswer { ErrorAfterEvents = 2, OutputTokens = 50 },
        9 => new SimulatedAnswer { RawUsage = $"\"{Prompt}\"" },
        _ => new SimulatedAnswer(),
    };

    private static async Task CallAsync(HttpClient client, HttpClient stranger)
    {
        var chat = Secret(Bodies.Chat(extra: ""","user":"user-on-the-books" """));
        var stream = Secret(Bodies.Chat(stream: true));
        // In the order that the script answers them: three served, then one failure each.
        await SendAsync(client, Bodies.ChatPath, chat);
        await SendAsync(client, Bodies.MessagesPath, Secret(Bodies.Messages(stream: true)));
        await SendAsync(client, Bodies.EmbeddingsPath, $$"""{"model":"text-embedding-3-small","input":"{{Prompt}}"}""");
        await SendAsync(client, Bodies.ChatPath, chat);
        await SendAsync(client, Bodies.MessagesPath, Secret(Bodies.Messages()));
        await SendAsync(client, Bodies.ChatPath, chat);
        await SendAsync(client, Bodies.ChatPath, stream);
        await SendAsync(client, Bodies.ChatPath, stream);
        await SendAsync(client, Bodies.ChatPath, chat);
        // None of these reaches the provider.
        await SendAsync(stranger, Bodies.ChatPath, chat);
        await SendAsync(client, Bodies.ChatPath, chat[..^1]);
        await SendAsync(client, Bodies.ChatPath, Secret(Bodies.Chat(extra: $$""","n":"{{Prompt}}" """)));
        await SendAsync(client, Bodies.ChatPath, Secret(Bodies.Chat(model: "nobody-priced-this")));
        await SendAsync(client, Bodies.ChatPath, Secret(Bodies.Chat(model: "gpt-4o", maxTokens: 16_000)));
        await SendAsync(client, "/openai/v1/responses", chat);
        await SendAsync(client, "/v1/estimate/openai/chat/completions", chat);
    }

    private static string Secret(string body) => body.Replace("Say hello to the world.", $"Say {Prompt} to the world.", StringComparison.Ordinal);

    private static async Task SendAsync(HttpClient client, string path, string body)
    {
        try
        {
            using var response = await client.PostAsync(path, TestProxy.Json(body));
            await response.Content.ReadAsStringAsync();
        }
        catch (HttpRequestException)
        {
            // A stream that the provider broke off is broken off here.
        }
    }

    /// <summary>The ledger, once it holds so many entries.</summary>
    private static async Task<string> WhenBookedAsync(HttpClient admin, int entries)
    {
        for (var attempt = 0; ; attempt++)
        {
            var ledger = await admin.GetStringAsync("/admin/v1/ledger?tenant=acme&format=jsonl");
            if (ledger.Count(character => character == '\n') >= entries)
                return ledger;
            Assert.True(attempt < 400, $"Not {entries} entries: {ledger}");
            await Task.Delay(25);
        }
    }

    private static async Task<string> SetUpAsync(HttpClient admin)
    {
        await admin.PutAsync("/admin/v1/tenants/acme", TestProxy.Json("{}"));
        await admin.PutAsync("/admin/v1/tenants/acme/budgets/monthly", TestProxy.Json("""{"limit":{"usd":"0.10"},"window":"month"}"""));
        using var made = await admin.PostAsync("/admin/v1/tenants/acme/keys", TestProxy.Json("""{"name":"main"}"""));
        return JsonElement.Parse(await made.Content.ReadAsStringAsync()).GetProperty("key").GetString()!;
    }

    private static HttpClient Client(ProxyProcess proxy, string key)
    {
        var client = new HttpClient { BaseAddress = proxy.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        return client;
    }

    private static Dictionary<string, string> Settings(SimulatedProvider provider, string data) => new()
    {
        ["BudgetProxy__DataDirectory"] = data,
        ["BudgetProxy__AdminKey"] = AdminKey,
        ["BudgetProxy__Providers__openai__BaseUrl"] = provider.OpenAiBaseUrl,
        ["BudgetProxy__Providers__openai__ApiKey"] = OpenAiKey,
        ["BudgetProxy__Providers__anthropic__BaseUrl"] = provider.AnthropicBaseUrl,
        ["BudgetProxy__Providers__anthropic__ApiKey"] = AnthropicKey,
        ["Logging__LogLevel__Default"] = "Trace",
        ["Logging__LogLevel__Microsoft.AspNetCore"] = "Trace",
        ["Logging__LogLevel__Yarp"] = "Trace",
    };
}
