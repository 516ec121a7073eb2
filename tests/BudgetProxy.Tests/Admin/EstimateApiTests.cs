using System.Net;
using System.Text.Json;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Tests.Admin;

public sealed class EstimateApiTests
{
    [Fact]
    public async Task A_workload_is_priced_line_by_line_on_every_model_asked_for()
    {
        await using var host = await AdminHost.StartAsync();
        var answer = (await host.PostAsync("/estimate", """
            {"models":["gpt-4o-mini","claude-3-5-haiku-20241022"],"requests":1000000,"cachedPrefixTokens":1000,"inputTokens":200,"outputTokens":100,"per":"month","at":"2026-11-28"}
            """)).Is(HttpStatusCode.OK).Json;
        Assert.Equal("2026-11-28T00:00:00Z", answer.GetProperty("at").GetString());
        Assert.Equal("2026-11-21", answer.GetProperty("card").GetString());
        var (mini, haiku) = (answer.GetProperty("models")[0], answer.GetProperty("models")[1]);

        // 200×0.15 + first 0.001×0.15 and 999.999×0.075 + 100×0.60 = 30 + 0.00015 + 74.999925 + 60
        Assert.Equal("165.000075000", Text(mini, "totalUsd"));
        Assert.Equal("0.000165000", Text(mini, "perRequestUsd"));
        Assert.Equal("240.000000000", Text(mini, "withoutCacheUsd")); // 1200×0.15 + 60
        Assert.Equal("120.000000000", Text(mini, "atBatchUsd")); // no cached price in a batch: 1200×0.075 + 100×0.30
        Assert.True(mini.GetProperty("cheapest").GetBoolean());

        // 200×0.80 + first 0.001×1.00 and 999.999×0.08 + 100×4 = 160 + 0.001 + 79.99992 + 400
        Assert.Equal("640.000920000", Text(haiku, "totalUsd"));
        Assert.False(haiku.GetProperty("cheapest").GetBoolean());
        var lines = haiku.GetProperty("lines").EnumerateArray().Select(line => (Text(line, "charge"), line.GetProperty("quantity").GetInt64(), Text(line, "usdPerUnit"), Text(line, "usd")));
        Assert.Equal(
            [
                ("input", 200_000_000, "0.80", "160.000000000"),
                ("cachedInput", 999_999_000, "0.08", "79.999920000"),
                ("cacheWriteShort", 1000, "1.00", "0.001000000"),
                ("output", 100_000_000, "4.00", "400.000000000"),
            ],
            lines);
    }

    [Fact]
    public async Task Groups_batch_and_provider_prefix_are_read()
    {
        await using var host = await AdminHost.StartAsync();
        var answer = (await host.PostAsync("/estimate", """
            {"models":["azure/gpt-4o-mini"],"inputs":[{"requests":3,"tokens":1000},{"tokens":7000}],"outputTokens":1000,"batch":true,"cache":"off","regional":true,"at":"2026-11-28T12:00:00Z"}
            """)).Is(HttpStatusCode.OK).Json.GetProperty("models")[0];
        Assert.Equal("azure/gpt-4o-mini@2026-07-24", Text(answer, "rate"));
        Assert.Equal(4, answer.GetProperty("requests").GetInt64());
        Assert.Equal("0.002145000", Text(answer, "totalUsd")); // (0.01×0.075 + 0.004×0.30)×1.1
        Assert.Equal("batch", Text(answer, "tier"));
    }

    [Theory]
    [InlineData("""{}""", "models", "at least one model")]
    [InlineData("""{"models":"gpt-4o","inputTokens":1}""", "models", "array")]
    [InlineData("""{"models":["gpt-4o","gpt4o-mini"],"inputTokens":1}""", "models[1]", "The nearest are: gpt-4o-mini")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":"1"}""", "inputTokens", "whole number")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":1.5}""", "inputTokens", "whole number")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":-1}""", "inputTokens", "whole number")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":1,"requests":0}""", "requests", "from 1 to 1,000,000,000")]
    [InlineData("""{"models":["gpt-4o"]}""", "inputTokens", "Nothing to price")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":1,"cache":"5m"}""", "cache", "off, on, 1h")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":1,"per":"decade"}""", "per", "month")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":1,"tier":"slow"}""", "tier", "standard, batch, flex, fast")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":1,"tier":"flex","batch":true}""", "batch", "leave one")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":1,"at":"yesterday"}""", "at", "RFC 3339")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":1,"cacheLifetimeSeconds":0}""", "cacheLifetimeSeconds", "from 1 second")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":1,"cacheLifetimeSeconds":4503599627370496}""", "cacheLifetimeSeconds", "365 days")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":1,"requestsPerWrite":0}""", "requestsPerWrite", "from 1")]
    [InlineData("""{"models":["gpt-4o"],"inputs":[{"tokens":1}],"inputTokens":1}""", "inputs", "give either")]
    [InlineData("""{"models":["gpt-4o"],"inputs":[{"tokens":1,"input":2}]}""", "inputs[0].input", "no such field")]
    [InlineData("""{"models":["gpt-4o"],"inputs":[1]}""", "inputs", "objects")]
    [InlineData("""{"models":["gpt-4o"],"inputs":[]}""", "inputs", "1 to 10,000")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":1,"tenant":"nobody"}""", "tenant", "no such tenant")]
    [InlineData("""{"models":["gpt-4o"],"inputTokens":1,"prefix":1}""", "prefix", "no such field")]
    [InlineData("""{"models":["gpt-4o","o1-pro"],"requests":1000000000,"inputTokens":1000000}""", "models[1]", "9.2 billion")]
    public async Task What_is_wrong_is_named_by_its_field(string body, string field, string message)
    {
        await using var host = await AdminHost.StartAsync();
        Assert.Contains(message, (await host.PostAsync("/estimate", body)).ErrorOf(field), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_were_added_hold_and_a_tenants_own_hold_for_it_alone()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        await host.PutAsync("/tenants/other", "{}");
        var listed = RateCard.Shipped.Find(Provider.OpenAi, "gpt-4o-mini", At)!;
        await host.Rates.AddAsync([Priced(listed, 200_000_000), Priced(listed, 10_000_000) with { Tenant = "acme" }], "adk_test", null, CancellationToken.None);

        async Task<JsonElement> AskAsync(string fields) => (await host.PostAsync(
            "/estimate", $$"""{"models":["gpt-4o-mini"],"inputTokens":1000000,"at":"2026-12-02"{{fields}}}""")).Is(HttpStatusCode.OK).Json;

        var general = await AskAsync("");
        Assert.Equal("2026-11-21+2", general.GetProperty("card").GetString());
        Assert.Equal("0.200000000", Text(general.GetProperty("models")[0], "totalUsd"));
        Assert.Equal("0.200000000", Text((await AskAsync(",\"tenant\":\"other\"")).GetProperty("models")[0], "totalUsd"));
        var own = (await AskAsync(",\"tenant\":\"acme\"")).GetProperty("models")[0];
        Assert.Equal("0.010000000", Text(own, "totalUsd"));
        Assert.EndsWith("#acme", Text(own, "rate"), StringComparison.Ordinal);
        Assert.Equal("0.150000000", Text((await host.PostAsync("/estimate", """{"models":["gpt-4o-mini"],"inputTokens":1000000,"tenant":"acme","at":"2026-11-30"}""")).Json.GetProperty("models")[0], "totalUsd"));
    }

    [Fact]
    public async Task Without_a_time_the_prices_of_now_hold()
    {
        await using var host = await AdminHost.StartAsync();
        var answer = (await host.PostAsync("/estimate", """{"models":["gpt-4o-mini"],"requests":2500,"inputTokens":3000,"outputTokens":1000}""")).Is(HttpStatusCode.OK).Json;
        Assert.Equal("2.625000000", Text(answer.GetProperty("models")[0], "totalUsd"));
        Assert.True(answer.GetProperty("at").GetDateTimeOffset() > new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
    }

    private static readonly DateTimeOffset At = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    private static Rate Priced(Rate rate, long input) =>
        rate with { EffectiveFrom = At, Tokens = new PriceList { Standard = rate.Tokens!.Standard with { Input = input } } };

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
