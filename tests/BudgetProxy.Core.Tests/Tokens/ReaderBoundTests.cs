using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tests.Rates;
using BudgetProxy.Core.Tests.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>No reader counts below what the provider does, and where the rules are published it counts the same, against providers written a second time.</summary>
public sealed class ReaderBoundTests
{
    private const int Bodies = 400;

    public static TheoryData<string, int> BrokenRules => new()
    {
        { "priming", 0 }, { "message", 1 }, { "name", 2 }, { "function", 3 }, { "properties", 4 }, { "property", 5 }, { "enum", 6 }, { "item", 7 }, { "tools", 8 },
    };

    [Theory]
    [InlineData("gpt-4o", 1)]
    [InlineData("gpt-4o-mini", 2)]
    [InlineData("gpt-4.1-mini", 3)]
    [InlineData("gpt-4", 4)]
    [InlineData("gpt-5", 5)]
    [InlineData("gpt-4.1-nano", 10)]
    [InlineData("gpt-5.4", 11)]
    [InlineData("gpt-5.6-sol", 12)]
    public void A_chat_counts_what_OpenAI_counts_or_more(string model, int seed) => AssertNone(ChatFault(new SlowOpenAi(model), seed, Bodies));

    /// <summary>Every constant of OpenAI's published rules is seen by the property above: it fails when one of them differs by one.</summary>
    [Theory]
    [MemberData(nameof(BrokenRules))]
    public void A_chat_rule_that_is_off_by_one_is_noticed(string name, int rule)
    {
        Assert.NotEmpty(name);
        var right = new SlowOpenAi("gpt-4o");
        foreach (var by in (int[])[-1, 1])
        {
            var wrong = rule switch
            {
                0 => right with { Priming = right.Priming + by },
                1 => right with { Message = right.Message + by },
                2 => right with { Name = right.Name + by },
                3 => right with { Function = right.Function + by },
                4 => right with { Properties = right.Properties + by },
                5 => right with { Property = right.Property + by },
                6 => right with { Enumeration = right.Enumeration + by },
                7 => right with { Item = right.Item + by },
                _ => right with { ToolsEnd = right.ToolsEnd + by },
            };
            Assert.NotNull(ChatFault(wrong, 1, Bodies));
        }
    }

    [Theory]
    [InlineData("gpt-4o", 21)]
    [InlineData("gpt-4.1-mini", 22)]
    [InlineData("gpt-5", 23)]
    [InlineData("gpt-5.4", 24)]
    [InlineData("gpt-5.6-sol", 25)]
    public void A_response_counts_what_OpenAI_may_count_or_more(string model, int seed) => AssertNone(ResponseFault(new SlowOpenAi(model), seed));

    [Fact]
    public void A_response_rule_beyond_its_room_is_noticed()
    {
        var right = new SlowOpenAi("gpt-4o");
        Assert.NotNull(ResponseFault(right with { Message = right.Message + 20 }, 21));
        Assert.NotNull(ResponseFault(right with { Priming = right.Priming + 40 }, 21));
    }

    [Fact]
    public void Embeddings_count_what_OpenAI_counts()
    {
        var (provider, bodies) = (new SlowOpenAi("text-embedding-3-small"), new RandomBodies(6));
        for (var i = 0; i < Bodies; i++)
        {
            var body = bodies.Embeddings();
            var tokens = provider.Embeddings(body);
            Assert.Equal(new InputEstimate(tokens, tokens, CountMethod.Exact), Estimate(ProviderApi.OpenAiEmbeddings, bodies.Spell(body), "openai/text-embedding-3-small"));
        }
    }

    [Theory]
    [InlineData("claude-haiku-4-5-20251001", false, 496, 588, 7)]
    [InlineData("claude-opus-4-7", true, 675, 804, 8)]
    [InlineData("claude-sonnet-5", true, 354, 474, 9)]
    public void A_message_counts_what_any_Claude_may_count_or_more(string model, bool isNew, int free, int forced, int seed)
    {
        foreach (var strength in (double[])[0, 0.3, 1])
            AssertNone(ClaudeFault(model, new SlowClaude(isNew, strength) { ToolPrompt = (free, forced) }, seed));
    }

    /// <summary>A provider beyond the factors that the product was given is noticed: the property above can fail.</summary>
    [Fact]
    public void A_Claude_beyond_its_factors_is_noticed()
    {
        var claude = new SlowClaude(true, 1) { ToolPrompt = (354, 474) };
        Assert.NotNull(ClaudeFault("claude-sonnet-5", claude with { Ratio = 1.1 }, 9));
        Assert.NotNull(ClaudeFault("claude-sonnet-5", claude with { ToolPrompt = (754, 874) }, 9));
        Assert.NotNull(ClaudeFault("claude-sonnet-5", claude with { Tool = 453 }, 9));
    }

    private static void AssertNone(string? fault) => Assert.True(fault is null, fault);

    private static string? ChatFault(SlowOpenAi provider, int seed, int count)
    {
        var bodies = new RandomBodies(seed);
        for (var i = 0; i < count; i++)
        {
            var body = bodies.Chat();
            var spelled = bodies.Spell(body);
            var estimate = Estimate(ProviderApi.OpenAiChat, spelled, $"openai/{provider.Model}");
            var (least, certain) = provider.Chat(body);
            var (most, _) = (provider with { Doubt = 1 }).Chat(body);
            if (estimate.Bound < most || estimate.PredictionTokens < provider.Prediction(body))
                return $"{i}: {estimate} is below {most} of {spelled}";
            if (estimate.Method == CountMethod.Exact && (!certain || estimate.Tokens != least || estimate.Bound != least))
                return $"{i}: {estimate} is not {least}, certain {certain}, of {spelled}";
            // A name that is escaped in one place and plain in another is not followed by the rule for tools.
            var plain = Estimate(ProviderApi.OpenAiChat, body.ToJsonString(), $"openai/{provider.Model}");
            if (certain && (plain.Method != CountMethod.Exact || plain.Tokens != least || plain.Bound != least))
                return $"{i}: {plain} is not {least} of {body.ToJsonString()}";
        }

        return null;
    }

    private static string? ResponseFault(SlowOpenAi provider, int seed)
    {
        var bodies = new RandomBodies(seed);
        for (var i = 0; i < Bodies; i++)
        {
            var body = bodies.Response();
            var spelled = bodies.Spell(body);
            var estimate = Estimate(ProviderApi.OpenAiResponses, spelled, $"openai/{provider.Model}");
            var most = (provider with { Doubt = 1 }).Response(body);
            if (estimate.Bound < most)
                return $"{i}: {estimate} is below {most} of {spelled}";
            if (estimate.Method == CountMethod.Exact || estimate.Tokens > estimate.Bound)
                return $"{i}: {estimate} of {spelled}";
        }

        return null;
    }

    private static string? ClaudeFault(string model, SlowClaude provider, int seed)
    {
        var bodies = new RandomBodies(seed);
        for (var i = 0; i < Bodies; i++)
        {
            var body = bodies.Claude();
            var spelled = bodies.Spell(body);
            var estimate = Estimate(ProviderApi.AnthropicMessages, spelled, $"anthropic/{model}");
            if (estimate.Bound < provider.Count(body))
                return $"{i}: {estimate} is below {provider.Count(body)} of {spelled}";
        }

        return null;
    }

    private static InputEstimate Estimate(ProviderApi api, string json, string row) =>
        InputEstimator.Estimate(api, Body.Read(api, json), Body.Utf8(json), The.Row(row).Profile) with { Mix = default };
}
