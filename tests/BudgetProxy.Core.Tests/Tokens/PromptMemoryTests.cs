using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tests.Rates;
using BudgetProxy.Core.Tests.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

public sealed class PromptMemoryTests
{
    private const string Marker = ",\"cache_control\":{\"type\":\"ephemeral\"}";
    private const string LongMarker = ",\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}";
    private static readonly DateTimeOffset Start = The.CardDay.AddHours(9);

    private readonly PromptMemory _memory = new();

    [Theory]
    [InlineData("openai/gpt-4o-mini", 100)]
    [InlineData("openai/gpt-4o-mini", 87)]
    [InlineData("openai/gpt-5.6-sol", 100)]
    [InlineData("anthropic/claude-sonnet-4-5", 100)]
    [InlineData("anthropic/claude-sonnet-4-5", 123)]
    [InlineData("anthropic/claude-haiku-4-5", 100)]
    public void Foretells_what_a_cache_does_with_conversations_that_go_on(string model, int percent)
    {
        var rate = The.Row(model);
        var api = rate.Provider == Provider.Anthropic ? ProviderApi.AnthropicMessages : ProviderApi.OpenAiChat;
        var cached = CachedModel.Of(rate.Profile, rate.AutoCacheWrite);
        var (brief, extended) = cached.Step > 1 ? (10, 10) : cached.WritesUnasked ? (30, 720) : (5, 60);
        var provider = new ProviderCache(cached, percent, TimeSpan.FromMinutes(brief), TimeSpan.FromMinutes(extended));
        var random = new Random(11);
        var turns = new List<string>();
        var (now, hits, ofTokens) = (Start, 0, 0L);
        for (var call = 0; call < 400; call++)
        {
            now += TimeSpan.FromSeconds(random.Next(random.Next(8) == 0 ? 4000 : 90));
            if (turns.Count > 40 || random.Next(12) == 0)
                turns.Clear();
            for (var more = random.Next(3); more >= 0 || turns.Count % 2 == 0; more--)
                turns.Add(Words(random, 40 + random.Next(600)));
            var system = Words(new Random(random.Next(3)), 1500);
            var json = api == ProviderApi.OpenAiChat ? ChatJson(rate.Model, system, turns) : ClaudeJson(rate.Model, system, turns, random);

            var (forecast, quote) = Foretell(api, json, rate, "acme", now);
            var usage = provider.Serve(api, json, rate.Profile, now);

            // Where a marker's length was only guessed, each text's rounding is all that is wrong.
            Assert.InRange(forecast.CachedInput, usage.CachedInput - 3, usage.CachedInput + 3);
            if (percent == 100)
            {
                Assert.InRange(forecast.WriteShort, usage.CacheWriteShort - 20, usage.CacheWriteShort + 20);
                Assert.InRange(forecast.WriteLong, usage.CacheWriteLong - 20, usage.CacheWriteLong + 20);
            }

            Assert.Equal(default, Foretell(api, json, rate, "other", now).Forecast with { WriteShort = 0, WriteLong = 0 });
            _memory.Learn(quote, cached, "acme", usage, now);
            hits += usage.CachedInput > 0 ? 1 : 0;
            ofTokens += usage.CachedInput;
        }

        Assert.InRange(hits, 50, 399);
        Assert.True(ofTokens > 100_000);
    }

    [Fact]
    public void The_same_prompt_again_is_cached_in_steps_of_128()
    {
        var rate = The.Row("openai/gpt-4o-mini");
        var json = ChatJson(rate.Model, Words(new Random(1), 1990), ["Hi"]);
        Assert.Equal(0, Foretell(ProviderApi.OpenAiChat, json, rate, "acme", Start).Forecast.CachedInput);
        Learn(json, rate, 2006, Start);
        Assert.Equal(new CacheForecast(1920, 0, 0), Foretell(ProviderApi.OpenAiChat, json, rate, "acme", Start.AddMinutes(9)).Forecast);
        Assert.Equal(0, Foretell(ProviderApi.OpenAiChat, json, rate, "acme", Start.AddMinutes(10)).Forecast.CachedInput);
    }

    [Theory]
    [InlineData("", "", 1920)]
    [InlineData(",\"temperature\":0", ",\"temperature\":1", 1920)]
    [InlineData(",\"prompt_cache_key\":\"a\"", ",\"prompt_cache_key\":\"a\"", 1920)]
    [InlineData(",\"prompt_cache_key\":\"a\"", ",\"prompt_cache_key\":\"b\"", 0)]
    [InlineData("", ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", 0)]
    [InlineData("", ",\"response_format\":{\"type\":\"json_object\"}", 0)]
    [InlineData("", ",\"service_tier\":\"priority\"", 0)]
    public void What_stands_before_or_beside_the_prompt_decides_too(string first, string second, long cached)
    {
        var rate = The.Row("openai/gpt-4o-mini");
        var json = ChatJson(rate.Model, Words(new Random(1), 1990), ["Hi"])[..^1];
        Foretell(ProviderApi.OpenAiChat, json + first + "}", rate, "acme", Start);
        Learn(json + first + "}", rate, 2006, Start);
        Assert.Equal(cached, Foretell(ProviderApi.OpenAiChat, json + second + "}", rate, "acme", Start).Forecast.CachedInput);
    }

    [Fact]
    public void Nothing_is_foretold_where_the_first_byte_differs_or_the_prompt_is_short()
    {
        var rate = The.Row("openai/gpt-4o-mini");
        var words = Words(new Random(1), 1990);
        Learn(ChatJson(rate.Model, words, ["Hi"]), rate, 2006, Start);
        Assert.Equal(default, Foretell(ProviderApi.OpenAiChat, ChatJson(rate.Model, "X" + words, ["Hi"]), rate, "acme", Start).Forecast);
        var brief = ChatJson(rate.Model, Words(new Random(1), 500), ["Hi"]);
        Learn(brief, rate, 515, Start);
        Assert.Equal(default, Foretell(ProviderApi.OpenAiChat, brief, rate, "acme", Start).Forecast);
    }

    [Fact]
    public void A_response_finds_what_stands_before_its_end_whatever_the_order_of_the_fields()
    {
        var rate = The.Row("openai/gpt-4o-mini");
        var cached = CachedModel.Of(rate.Profile, rate.AutoCacheWrite);
        var words = Words(new Random(4), 2000);
        string Json(string instructions, string more = "", string parameters = "{}") =>
            $$$"""{"model":"gpt-4o-mini","tools":[{"type":"function","name":"f","parameters":{{{parameters}}}}],"input":[{"role":"user","content":[{"type":"input_text","text":"{{{words}}}"}]}{{{more}}}],"instructions":"{{{instructions}}}"}""";

        var (first, request) = Foretell(ProviderApi.OpenAiResponses, Json("be brief"), rate, "acme", Start);
        Assert.Equal(0, first.CachedInput);
        _memory.Learn(request, cached, "acme", Usage.Inclusive(2100, 0, 0, 0, 10), Start);

        long Again(string json) => Foretell(ProviderApi.OpenAiResponses, json, rate, "acme", Start.AddMinutes(1)).Forecast.CachedInput;
        Assert.InRange(Again(Json("be brief")), 1920, 2100);
        Assert.InRange(Again(Json("be brief", ",{\"role\":\"assistant\",\"content\":\"yes\"}")), 1920, 2100);
        Assert.Equal(0, Again(Json("be short")));
        Assert.Equal(0, Again(Json("be brief", parameters: "{\"type\":\"object\"}")));
    }

    [Fact]
    public void A_retention_of_a_day_is_taken_at_its_word()
    {
        var rate = The.Row("openai/gpt-4o-mini");
        var json = ChatJson(rate.Model, Words(new Random(1), 1990), ["Hi"])[..^1] + ",\"prompt_cache_retention\":\"24h\"}";
        Learn(json, rate, 2006, Start);
        Assert.Equal(1920, Foretell(ProviderApi.OpenAiChat, json, rate, "acme", Start.AddHours(23)).Forecast.CachedInput);
        Assert.Equal(0, Foretell(ProviderApi.OpenAiChat, json, rate, "acme", Start.AddHours(24)).Forecast.CachedInput);
    }

    [Fact]
    public void What_is_foretold_moves_the_expected_price_and_never_the_worst()
    {
        foreach (var name in new[] { "openai/gpt-4o-mini", "openai/gpt-5.6-sol" })
        {
            var rate = The.Row(name);
            var json = ChatJson(rate.Model, Words(new Random(1), 3000), ["Hi"]);
            var request = Body.Read(ProviderApi.OpenAiChat, json);
            var input = InputEstimator.Estimate(ProviderApi.OpenAiChat, request, Body.Utf8(json), rate.Profile);
            var plain = Quote.Of(rate, request, input, Expectation.Unknown);
            var warm = Quote.Of(rate, request, input, Expectation.Unknown with { CachedInput = 2944 });
            Assert.Equal(plain.Worst, warm.Worst);
            Assert.True(warm.Expected < plain.Expected);
            Assert.Equal(2944, warm.ExpectedUsage.CachedInput);
        }
    }

    [Fact]
    public void A_marker_that_moves_on_is_no_part_of_the_prompt()
    {
        var rate = The.Row("anthropic/claude-sonnet-4-5");
        string Json(string first, string second) =>
            "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":9,\"system\":[{\"type\":\"text\",\"text\":\"" + Words(new Random(1), 2000) + "\"" + first + "}],"
            + "\"messages\":[{\"role\":\"user\",\"content\":[{" + second + "\"type\":\"text\",\"text\":\"a\"}]}]}";

        Learn(Json(Marker, ""), rate, 0, Start, written: 2400);
        var end = "\"cache_control\":{\"type\":\"ephemeral\"},";
        Assert.Equal(2400, Foretell(ProviderApi.AnthropicMessages, Json("", end), rate, "acme", Start).Forecast.CachedInput);
        Learn(Json("", end), rate, 2400, Start, written: 2410);
        Assert.Equal(2410, Foretell(ProviderApi.AnthropicMessages, Json(LongMarker, end), rate, "acme", Start).Forecast.CachedInput);
    }

    [Theory]
    [InlineData("openai/gpt-4o-mini")]
    [InlineData("openai/gpt-5.6-sol")]
    public void Foretells_and_learns_without_allocating(string model)
    {
        var rate = The.Row(model);
        var json = ChatJson(rate.Model, Words(new Random(1), 3000), ["Hi", "Hello", "Go on"])[..^1] + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}";
        var (body, request, cached) = (Body.Utf8(json), new ProviderRequest(), CachedModel.Of(rate.Profile, rate.AutoCacheWrite));
        long Round()
        {
            Assert.True(RequestReader.TryRead(ProviderApi.OpenAiChat, body, request, out _));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var input = InputEstimator.Estimate(ProviderApi.OpenAiChat, request, body, rate.Profile, _memory.TextsOf("acme")).Tokens;
            _memory.Foretell(ProviderApi.OpenAiChat, request, body, cached, "acme", input, Start);
            _memory.Learn(request, cached, "acme", Usage.Inclusive(input, 0, input, 0, 1), Start);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Round();
        Assert.Equal(0, Round());
    }

    // For a call with markers `total` is what was read, and `written` what read and written come to.
    private void Learn(string json, Rate rate, long total, DateTimeOffset at, long written = 0)
    {
        var api = rate.Provider == Provider.Anthropic ? ProviderApi.AnthropicMessages : ProviderApi.OpenAiChat;
        var (_, request) = Foretell(api, json, rate, "acme", at);
        var usage = written > 0 ? Usage.Exclusive(5, total, written - total, 0, 1) : Usage.Inclusive(total, 0, 0, 0, 1);
        _memory.Learn(request, CachedModel.Of(rate.Profile, rate.AutoCacheWrite), "acme", usage, at);
    }

    private (CacheForecast Forecast, ProviderRequest Request) Foretell(ProviderApi api, string json, Rate rate, string tenant, DateTimeOffset now)
    {
        var (request, body) = (Body.Read(api, json), Body.Utf8(json));
        var input = InputEstimator.Estimate(api, request, body, rate.Profile, _memory.TextsOf(tenant)).Tokens;
        return (_memory.Foretell(api, request, body, CachedModel.Of(rate.Profile, rate.AutoCacheWrite), tenant, input, now), request);
    }

    private static string ChatJson(string model, string system, List<string> turns) =>
        "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"system\",\"content\":\"" + system + "\"}"
        + string.Concat(turns.Select((turn, i) => ",{\"role\":\"" + (i % 2 == 0 ? "user" : "assistant") + "\",\"content\":\"" + turn + "\"}")) + "]}";

    private static string ClaudeJson(string model, string system, List<string> turns, Random random)
    {
        string Block(string text, string marker) => "[{\"type\":\"text\",\"text\":\"" + text + "\"" + marker + "}]";
        var markers = random.Next(4) switch { 0 => (LongMarker, Marker), 1 => (Marker, ""), 2 => ("", Marker), _ => (LongMarker, LongMarker) };
        var messages = turns.Select((turn, i) =>
            "{\"role\":\"" + (i % 2 == 0 ? "user" : "assistant") + "\",\"content\":" + Block(turn, i == turns.Count - 1 ? markers.Item2 : "") + "}");
        return "{\"max_tokens\":10,\"model\":\"" + model + "\",\"messages\":[" + string.Join(',', messages) + "],\"system\":" + Block(system, markers.Item1) + "}";
    }

    private static string Words(Random random, int count) =>
        string.Join(' ', Enumerable.Range(0, count).Select(_ => RandomWords[random.Next(RandomWords.Length)]));

    private static readonly string[] RandomWords = ["report", "the", "customer", "asked", "whether", "shipping", "costs", "would", "change", "after"];
}
