using System.Globalization;
using System.Net.Http.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetProxy.BrowserTests;

/// <summary>A proxy that looks as if it had been in use for weeks: tenants, budgets, keys, a ledger of the past, and calls and refusals of today.</summary>
internal static class SampleData
{
    private static readonly (string Id, string Name, decimal Size)[] Tenants =
    [
        ("northwind", "Northwind Traders", 1.00m), ("acme", "Acme Robotics", 0.82m), ("lumen-health", "Lumen Health", 0.64m), ("fabrikam", "Fabrikam", 0.47m), ("contoso", "Contoso Legal", 0.38m),
        ("tailspin", "Tailspin Toys", 0.25m), ("adatum", "A. Datum", 0.18m), ("wingtip", "Wingtip Search", 0.13m), ("proseware", "Proseware", 0.08m), ("relecloud", "Relecloud", 0.05m),
        ("vanarsdel", "VanArsdel", 0.03m), ("woodgrove", "Woodgrove Bank", 0.02m),
    ];

    /// <summary>Prices in USD for a million tokens in, cached and out, and how often the model is called.</summary>
    private static readonly (string Provider, string Model, decimal In, decimal Cached, decimal Out, int Weight)[] Models =
    [
        ("anthropic", "claude-sonnet-4-5", 3m, 0.3m, 15m, 26), ("openai", "gpt-4o", 2.5m, 1.25m, 10m, 22), ("openai", "gpt-4o-mini", 0.15m, 0.075m, 0.6m, 30),
        ("anthropic", "claude-haiku-4-5", 1m, 0.1m, 5m, 14), ("anthropic", "claude-opus-4-5", 5m, 0.5m, 25m, 5), ("openai", "gpt-4.1-mini", 0.4m, 0.1m, 1.6m, 10), ("openai", "text-embedding-3-small", 0.02m, 0.02m, 0m, 6),
    ];

    private static readonly string[] Users = ["maya@example.com", "jonas@example.com", "priya@example.com", "support-bot", "nightly-report", "li.wei@example.com", "ana@example.com"];

    public static async Task<string> LayAsync(TestProxy proxy, int days = 34)
    {
        await proxy.SendAsync(HttpMethod.Put, "plans/team", """{"budgets":[{"name":"daily","limit":{"usd":"60"},"window":"day"},{"name":"calls","limit":{"requests":2000},"window":"hour"}]}""");
        await proxy.SendAsync(HttpMethod.Put, "plans/starter", """{"budgets":[{"name":"monthly","limit":{"usd":"100"},"window":"month"}],"allowedModels":["gpt-4o-mini","claude-haiku-4-5"],"maxCallUsd":"0.50"}""");
        var keys = new Dictionary<string, string>();
        foreach (var (id, name, size) in Tenants)
        {
            var plan = size switch { > 0.3m => "\"team\"", < 0.1m => "\"starter\"", _ => "null" };
            keys[id] = await proxy.CreateTenantAsync(id, $$"""{"name":"{{name}}","plan":{{plan}},"markupPercent":{{(size > 0.5m ? 20 : 0)}}}""", """{"name":"production"}""");
            await proxy.PutBudgetAsync(id, "monthly", $$"""{"limit":{"usd":"{{Limit(id, size)}}"},"window":"month","alertAt":[0.5,0.8,1.0]}""");
        }

        await proxy.SendAsync(HttpMethod.Post, "tenants/acme/keys", """{"name":"support widget","user":"support-bot","allowedModels":["gpt-4o-mini"]}""");
        await proxy.SendAsync(HttpMethod.Post, "tenants/acme/keys", """{"name":"contractor","project":"migration","expiresAt":"2031-03-01T00:00:00Z"}""");
        await proxy.PutBudgetAsync("acme", "per user", """{"per":"user","limit":{"usd":"9"},"window":"day","timezone":"America/New_York","alertAt":[0.8]}""");
        await proxy.PutBudgetAsync("acme", "opus", """{"match":{"model":"claude-opus*"},"limit":{"usd":"75"},"window":"week"}""");
        await proxy.PutBudgetAsync("acme", "tokens", """{"limit":{"tokens":40000000},"window":"rolling:P7D","mode":"shadow"}""");
        await BookAsync(proxy, days);
        await proxy.SendAsync(HttpMethod.Put, "tenants/woodgrove", """{"name":"Woodgrove Bank","plan":"starter","suspended":true}""");
        // Below what is spent, whatever the date: its calls of now are refused.
        var spent = decimal.Parse((await proxy.BudgetsAsync("tailspin"))["monthly"].GetProperty("spent").GetString()!, CultureInfo.InvariantCulture);
        await proxy.PutBudgetAsync("tailspin", "monthly", $$"""{"limit":{"usd":"{{Math.Round(spent * 0.99m, 2)}}"},"window":"month","alertAt":[0.5,0.8,1.0]}""");
        await proxy.SendAsync(HttpMethod.Put, "alerts/webhooks/on-call", $$"""{"url":"{{proxy.Provider.OpenAiBaseUrl}}/alerts","events":["budget.threshold","store.outage","spend.velocity"]}""");
        await SampleInvoices.LayAsync(proxy);
        await CallAsync(proxy, keys);
        await proxy.SendAsync(HttpMethod.Put, "rates/openai/gpt-4o-mini", """{"usdPerMillion":{"standard":{"input":"0.14","cachedInput":"0.07","output":"0.56"}},"notes":"our discount"}""");
        return keys["acme"];
    }

    /// <summary>Some are near, one is at its end.</summary>
    private static decimal Limit(string id, decimal size) => id switch
    {
        "acme" => 140, "lumen-health" => 80, "contoso" => 50, "tailspin" => 37.5m, "wingtip" => 25, "vanarsdel" => 6, _ => Math.Round(300 * size) + 20,
    };

    private static async Task BookAsync(TestProxy proxy, int days)
    {
        var random = new Random(7);
        var ledger = proxy.Services.GetRequiredService<ILedger>();
        var directory = proxy.Services.GetRequiredService<TenantDirectory>();
        var now = TimeProvider.System.GetUtcNow();
        foreach (var (id, _, size) in Tenants)
        {
            var entries = new List<LedgerEntry>();
            for (var day = days; day >= 0; day--)
            {
                var date = now.Date.AddDays(-day);
                var week = date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0.35m : 1m;
                var calls = (int)(48 * size * week * (0.75m + (days - day) * 0.012m) * (decimal)(0.8 + 0.4 * random.NextDouble())) + 1;
                for (var call = 0; call < calls; call++)
                {
                    var at = new DateTimeOffset(date, TimeSpan.Zero).AddSeconds(random.Next(86_400));
                    if (at < now.AddSeconds(-30))
                        entries.Add(Entry(id, size, at, random));
                }
            }

            IReadOnlyList<Budget> budgets = directory.Current.FindTenant(id)!.Budgets;
            foreach (var part in entries.OrderBy(entry => entry.StartedAt).Chunk(500))
                await ledger.AppendAsync(part, budgets, CancellationToken.None);
        }
    }

    private static LedgerEntry Entry(string tenant, decimal size, DateTimeOffset at, Random random)
    {
        var pick = random.Next(Models.Sum(model => model.Weight));
        var index = 0;
        while (pick >= Models[index].Weight)
            pick -= Models[index++].Weight;
        var (provider, model, input, cached, output, _) = Models[index];
        var read = random.Next(20_000, 90_000);
        var hit = output > 0 && random.Next(3) > 0 ? random.Next(read / 2) : 0;
        var written = output == 0 ? 0 : random.Next(200, 9_000);
        var cost = new NanoUsd((long)(((read - hit) * input + hit * cached + written * output) * 1_000));
        var reserved = new NanoUsd(Math.Max((long)(cost.Value * (decimal)(1.05 + random.NextDouble() * 1.4)), cost.Value));
        return new LedgerEntry
        {
            Id = Guid.CreateVersion7(at), RequestId = Guid.CreateVersion7(at), Tenant = tenant, User = Users[random.Next(Users.Length)], Key = "key_sample", Provider = provider,
            Api = output == 0 ? "embeddings" : provider == "openai" ? "chat" : "messages", Model = model, Rate = RateCard.Shipped.Find(ProviderNames.TryParse(provider, out var known) ? known : default, model, at)!.Id, Basis = UsageBasis.Reported,
            Usage = new Usage { Input = read - hit, CachedInput = hit, Output = written }, Cost = cost, Charged = size > 0.5m ? new NanoUsd(cost.Value * 12 / 10) : cost, Reserved = reserved,
            Overrun = NanoUsd.Zero, Streamed = output > 0 && random.Next(2) == 0, Status = 200, StartedAt = at, SettledAt = at.AddSeconds(random.Next(1, 20)),
        };
    }

    private static async Task CallAsync(TestProxy proxy, Dictionary<string, string> keys)
    {
        foreach (var (tenant, model, times) in new[] { ("acme", "gpt-4o", 3), ("acme", "gpt-4o-mini", 4), ("northwind", "gpt-4o-mini", 3), ("tailspin", "gpt-4o", 7), ("proseware", "gpt-4o", 4), ("woodgrove", "gpt-4o-mini", 1), ("acme", "gpt-9-preview", 2) })
        {
            using var client = proxy.Client(keys[tenant]);
            for (var i = 0; i < times; i++)
            {
                using var answer = await client.PostAsync("/openai/v1/chat/completions", JsonContent.Create(new
                {
                    model, user = Users[i % Users.Length], max_tokens = 400, messages = new[] { new { role = "user", content = "Summarise the attached minutes in three sentences, please." } },
                }));
            }
        }
    }
}
