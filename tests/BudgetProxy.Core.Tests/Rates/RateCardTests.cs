using System.Text.Json;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Rates;

public sealed class RateCardTests
{
    private static readonly RateCard Card = RateCard.Shipped;

    [Theory]
    [InlineData("openai/gpt-4o-mini", 1024, 128)]
    [InlineData("openai/gpt-5.6-sol", 1024, 1)]
    [InlineData("openai/gpt-4-turbo", 0, 1)]
    [InlineData("azure/gpt-4o", 1024, 128)]
    [InlineData("anthropic/claude-opus-5", 512, 1)]
    [InlineData("anthropic/claude-sonnet-4-5", 1024, 1)]
    [InlineData("anthropic/claude-opus-4-7", 2048, 1)]
    [InlineData("anthropic/claude-haiku-4-5", 4096, 1)]
    public void Knows_from_what_length_a_prefix_is_cached(string model, int least, int step)
    {
        var profile = The.Row(model).Profile;
        Assert.Equal((least, step), (profile.MinCachedPrefix, profile.CachedStep));
    }

    [Fact]
    public void Holds_every_model_of_the_table_it_was_made_from()
    {
        var models = Card.Rates.GroupBy(rate => (rate.Provider, rate.Model)).ToArray();
        Assert.Equal(125, models.Length);
        Assert.Equal(131, Card.Rates.Count);
        Assert.Equal("2026-11-21", Card.Version);
        Assert.Equal(
            [
                (Provider.OpenAi, 63), (Provider.Anthropic, 27), (Provider.Azure, 9), (Provider.Bedrock, 13), (Provider.Vertex, 12),
                (Provider.Ollama, 1),
            ],
            models.GroupBy(model => model.Key.Provider).OrderBy(group => group.Key).Select(group => (group.Key, group.Count())));
    }

    [Fact]
    public void Every_id_and_alias_with_token_prices_resolves_to_its_own_row()
    {
        foreach (var rate in Card.Rates.Where(rate => rate.Tokens is not null))
        {
            foreach (var name in rate.Aliases.Append(rate.Model))
                Assert.Equal(rate.Model, Card.Find(rate.Provider, name, The.CardDay)?.Model);
        }
    }

    [Fact]
    public void Every_model_has_one_row_in_force_and_says_where_it_comes_from()
    {
        Assert.Equal(Card.Rates.Count, Card.Rates.Select(rate => rate.Id).Distinct().Count());
        foreach (var model in Card.Rates.GroupBy(rate => (rate.Provider, rate.Model)))
        {
            Assert.Contains(model, rate => rate.EffectiveFrom <= The.CardDay);
            Assert.All(model, rate => Assert.Equal(TimeSpan.Zero, rate.EffectiveFrom.TimeOfDay));
            Assert.All(model, rate => Assert.False(string.IsNullOrEmpty(rate.Confidence)));
            Assert.All(model, rate => Assert.True(rate.Sources.Count > 0 || rate.Provider == Provider.Ollama, rate.Id));
        }
    }

    [Fact]
    public void No_alias_belongs_to_two_models() =>
        Assert.All(
            Card.Rates.SelectMany(rate => rate.Aliases.Append(rate.Model).Select(name => (rate.Provider, name, rate.Model))).Distinct()
                .GroupBy(entry => (entry.Provider, entry.name)),
            owners => Assert.Single(owners));

    [Fact]
    public void Tiers_stand_to_each_other_as_a_worst_case_needs()
    {
        foreach (var rate in Card.Rates.Where(rate => rate.Tokens is not null))
        {
            for (var kind = ChargeKind.Input; kind <= ChargeKind.AudioOutput; kind++)
            {
                var prices = rate.Tokens!;
                var batch = prices.For(ServiceTier.Batch).Of(kind);
                Assert.True(prices.For(ServiceTier.Fast).Of(kind) >= prices.Standard.Of(kind), $"{rate.Id} fast {kind}");
                // Batch input without a cached rate can cost more than a standard cache hit (gpt-4.1: 1.00 against 0.50).
                Assert.True(kind == ChargeKind.CachedInput || batch <= prices.Standard.Of(kind), $"{rate.Id} batch {kind}");
                Assert.True(prices.For(ServiceTier.Flex).Of(kind) <= prices.Standard.Of(kind), $"{rate.Id} flex {kind}");
                var above = (rate.LongContext?.Prices ?? prices).Standard.Of(kind);
                Assert.True(above >= prices.Standard.Of(kind), $"{rate.Id} long {kind}");
            }

            Assert.True(rate.Tokens!.Standard.Of(ChargeKind.CachedInput) <= rate.Tokens.Standard.Input, rate.Id);
        }
    }

    [Fact]
    public void Profiles_agree_with_what_is_known_of_the_tokenizers()
    {
        foreach (var rate in Card.Rates.Where(rate => rate.Tokens is not null))
        {
            Assert.InRange(rate.Profile.ExpectedPercent, 100, rate.Profile.SafetyPercent);
            Assert.Equal(rate.Profile.ExactEncoding, rate.Profile.SafetyPercent == 100);
        }

        Assert.Equal(TokenEncoding.Cl100kBase, The.Row("openai/gpt-4").Profile.Encoding);
        Assert.Equal(TokenEncoding.O200kBase, The.Row("openai/ft:gpt-4.1-2025-04-14").Profile.Encoding);
        Assert.True(The.Row("openai/gpt-4").Profile.LegacyToolCosts);
        Assert.False(The.Row("openai/gpt-4o").Profile.LegacyToolCosts);
        Assert.True(The.Row("openai/o4-mini").Profile.Reasoning);
        Assert.False(The.Row("openai/gpt-4.1").Profile.Reasoning);
        Assert.True(The.Row("anthropic/claude-sonnet-4-6").Profile is { SafetyPercent: 135, ExpectedPercent: 118 });
        Assert.True(The.Row("anthropic/claude-opus-4-7").Profile is { SafetyPercent: 180, ExpectedPercent: 155 });
        Assert.True(The.Row("anthropic/claude-opus-5").Profile is { ToolSystemTokens: 286, ForcedToolSystemTokens: 406 });
        Assert.Equal(810, The.Row("anthropic/claude-opus-5-5").Profile.ToolSystemTokens);
        Assert.Equal(300_000, The.Row("openai/text-embedding-3-small").Profile.MaxInput);
    }

    [Fact]
    public void Profiles_carry_the_image_rules()
    {
        Assert.Equal(new VisionRule { Scheme = VisionScheme.Tile, Base = 2833, Tile = 5667 }, The.Row("openai/gpt-4o-mini").Profile.Vision);
        Assert.Equal(
            new VisionRule { Scheme = VisionScheme.Patch32, MultiplierPercent = 162, HighPatchBudget = 1536, HighMaxSide = 2048 },
            The.Row("openai/gpt-4.1-mini").Profile.Vision);
        Assert.Equal(
            new VisionRule
            {
                Scheme = VisionScheme.Patch32,
                HighPatchBudget = 2500,
                HighMaxSide = 2048,
                OriginalPatchBudget = 10_000,
                OriginalMaxSide = 6000,
                AutoIsOriginal = true,
            },
            The.Row("openai/gpt-5.5").Profile.Vision);
        Assert.Equal(
            new VisionRule { Scheme = VisionScheme.ClaudePatch28, MaxEdge = 2576, MaxTokens = 4784 },
            The.Row("anthropic/claude-opus-4-8").Profile.Vision);
        Assert.Equal(The.Row("openai/gpt-4o").Profile.Vision, The.Row("azure/gpt-4o").Profile.Vision);
        Assert.Equal(VisionRule.None, The.Row("openai/gpt-4").Profile.Vision);
    }

    [Theory]
    [InlineData("openai/gpt-4", "openai/gpt-4@2026-08-01")]
    [InlineData("openai/gpt-4o", "openai/gpt-4o@2024-08-06")]
    [InlineData("openai/gpt-4o-2024-05-13", "openai/gpt-4o-2024-05-13@2024-05-13")]
    [InlineData("openai/gpt-4o-mini", "openai/gpt-4o-mini@2024-07-18")]
    [InlineData("openai/gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini@2024-07-18")]
    [InlineData("openai/gpt-5", "openai/gpt-5@2025-08-07")]
    [InlineData("openai/gpt-5.6", "openai/gpt-5.6-sol@2026-08-21")]
    [InlineData("openai/o3", "openai/o3@2025-06-10")]
    [InlineData("openai/ft:gpt-4.1-mini-2025-04-14:acme::9xY", "openai/ft:gpt-4.1-mini-2025-04-14@2025-04-14")]
    [InlineData("anthropic/claude-opus-5", "anthropic/claude-opus-5@2026-08-01")]
    [InlineData("anthropic/claude-opus-5-5", "anthropic/claude-opus-5-5@2026-09-22")]
    [InlineData("anthropic/claude-sonnet-4", "anthropic/claude-sonnet-4-20250514@2025-05-14")]
    [InlineData("anthropic/claude-sonnet-4-5", "anthropic/claude-sonnet-4-5-20250929@2025-09-29")]
    [InlineData("anthropic/claude-fable-5-2", "anthropic/claude-fable-5-2@2026-11-21")]
    [InlineData("azure/gpt-4o", "azure/gpt-4o@2026-07-24")]
    [InlineData("bedrock/eu.anthropic.claude-sonnet-4-6", "bedrock/anthropic.claude-sonnet-4-6@2026-07-24")]
    public void Names_find_their_own_row(string name, string id) => Assert.Equal(id, The.Row(name).Id);

    [Theory]
    [InlineData(Provider.OpenAi, "gpt-4o-mini-2024-07-19")]
    [InlineData(Provider.OpenAi, "gpt-4o-min")]
    [InlineData(Provider.OpenAi, "gpt-4o-mini ")]
    [InlineData(Provider.OpenAi, "GPT-4o-mini")]
    [InlineData(Provider.OpenAi, "gpt-4-32k")]
    [InlineData(Provider.OpenAi, "gpt-5.7-sol")]
    [InlineData(Provider.OpenAi, "gpt-6")]
    [InlineData(Provider.OpenAi, "gpt-6.2-luna")]
    [InlineData(Provider.OpenAi, "claude-opus-5")]
    [InlineData(Provider.OpenAi, "openai/gpt-4o")]
    [InlineData(Provider.OpenAi, "*")]
    [InlineData(Provider.OpenAi, "")]
    [InlineData(Provider.OpenAi, "ft:")]
    [InlineData(Provider.OpenAi, "ft::gpt-4o-mini-2024-07-18")]
    [InlineData(Provider.OpenAi, "ft:gpt-4o-mini:acme:x:1")]
    [InlineData(Provider.OpenAi, "ft:gpt-4o-mini-2024-07-18-extra:acme:x:1")]
    [InlineData(Provider.OpenAi, "gpt-4o-mini-2024-07-18:acme:x:1")]
    [InlineData(Provider.Anthropic, "claude-opus-5-6")]
    [InlineData(Provider.Anthropic, "claude-opus-5-5-20260922")]
    [InlineData(Provider.Anthropic, "claude-opus")]
    [InlineData(Provider.Anthropic, "claude-haiku-5")]
    [InlineData(Provider.Anthropic, "gpt-4o")]
    [InlineData(Provider.Azure, "gpt-4o-2024-08-06")]
    [InlineData(Provider.OpenAi, "whisper-1")]
    [InlineData(Provider.OpenAi, "tts-1")]
    public void What_has_no_token_price_of_its_own_is_unpriced(Provider provider, string model) =>
        Assert.Null(Card.Find(provider, model, The.CardDay));

    [Fact]
    public void Models_billed_by_the_minute_or_the_character_are_on_the_card_all_the_same()
    {
        Assert.Equal(6_000_000, Card.Rates.Single(rate => rate.Model == "whisper-1").PerMinute); // 0.006 USD
        Assert.Equal(15_000_000_000, Card.Rates.Single(rate => rate.Model == "tts-1").PerMillionCharacters); // 15 USD
    }

    [Fact]
    public void Nothing_is_priced_before_its_first_day()
    {
        Assert.Null(Card.Find(Provider.OpenAi, "gpt-4o-mini", new DateTimeOffset(2024, 7, 17, 23, 59, 59, TimeSpan.Zero)));
        Assert.NotNull(Card.Find(Provider.OpenAi, "gpt-4o-mini", new DateTimeOffset(2024, 7, 18, 2, 0, 0, TimeSpan.FromHours(2))));
    }

    [Fact]
    public void Added_rows_follow_and_older_ones_stay()
    {
        var cheaper = The.Row("openai/gpt-4o") with
        {
            EffectiveFrom = The.CardDay.AddDays(10), Aliases = [], Tokens = new PriceList { Standard = new TokenPrices { Input = 1, Output = 2 } },
        };
        var card = Card.With([cheaper]);
        Assert.Equal("openai/gpt-4o@2024-08-06", card.Find(Provider.OpenAi, "gpt-4o", The.CardDay)?.Id);
        Assert.Same(cheaper, card.Find(Provider.OpenAi, "gpt-4o", The.CardDay.AddDays(10)));
        Assert.Same(cheaper, card.Find(Provider.OpenAi, "gpt-4o-2024-11-20", The.CardDay.AddDays(10)));
        Assert.Equal("2026-11-21+1", card.Version);
        Assert.Equal("2026-11-21+3", card.With([cheaper, cheaper]).Version);
        Assert.Null(Card.Rates.FirstOrDefault(rate => ReferenceEquals(rate, cheaper)));
    }

    [Fact]
    public void An_added_row_wins_over_one_of_the_same_instant_and_over_an_alias()
    {
        var shipped = The.Row("openai/gpt-4o");
        var corrected = shipped with { Notes = "our contract" };
        var snapshot = shipped with { Model = "gpt-4o-2024-11-20", Aliases = [], EffectiveFrom = The.CardDay };
        var card = Card.With([corrected, snapshot]);
        Assert.Same(corrected, card.Find(Provider.OpenAi, "gpt-4o", The.CardDay));
        Assert.Same(snapshot, card.Find(Provider.OpenAi, "gpt-4o-2024-11-20", The.CardDay));
        Assert.Same(corrected, card.Find(Provider.OpenAi, "gpt-4o-2024-11-20", The.CardDay.AddTicks(-1)));
    }

    [Fact]
    public void A_row_out_of_range_is_refused()
    {
        var good = The.Row("openai/gpt-4o");
        var negative = new PriceList { Standard = new TokenPrices { Input = -1, Output = 1 } };
        var huge = new PriceList { Standard = new TokenPrices { Input = 1, Output = long.MaxValue } };
        Assert.Throws<ArgumentException>(() => Card.With([good with { Tokens = negative }]));
        Assert.Throws<ArgumentException>(() => Card.With([good with { LongContext = new LongContext(1, negative) }]));
        Assert.Throws<ArgumentException>(() => Card.With([good with { Tokens = huge }]));
        Assert.Throws<ArgumentException>(() => Card.With([good with { RegionalPercent = 99 }]));
        Assert.Throws<ArgumentException>(() => Card.With([good with { ToolCall = -1 }]));
        Assert.Throws<ArgumentException>(() => Card.With([good with { Model = "" }]));
        Assert.Throws<ArgumentException>(() => Card.With([good with { EffectiveFrom = default }]));
    }

    [Theory]
    [InlineData("""{"compiled":"2026-01-01","rates":[{"provider":"openai","efectiveFrom":"2026-01-01T00:00:00Z"}]}""", typeof(JsonException))]
    [InlineData("""{"compiled":"2026-01-01","rates":[{"provider":"nobody"}]}""", typeof(JsonException))]
    [InlineData("""{"compiled":"2026-01-01","rates":[{"provider":"openai","tokens":{"standard":{"input":0.15}}}]}""", typeof(FormatException))]
    [InlineData("""{"compiled":"2026-01-01","rates":[{"provider":"openai","tokens":{"standard":{"inputs":15}}}]}""", typeof(JsonException))]
    [InlineData("""{"compiled":"2026-01-01","rates":[{"provider":"openai"}]}""", typeof(ArgumentException))]
    public void A_card_with_a_mistake_is_not_read(string json, Type error) =>
        Assert.Throws(error, () => RateCardReader.Read(System.Text.Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"standard":{"input":15}}""", "")]
    [InlineData("""{"batch":{"input":15,"output":1}}""", "")]
    [InlineData("""{"standard":{"input":15,"output":1},"fast":{"output":1}}""", "")]
    [InlineData("""{"standard":{"input":15,"output":1}}""", ""","longContext":{"threshold":1000}""")]
    [InlineData("""{"standard":{"input":15,"output":1}}""", ""","longContext":{"prices":{"standard":{"input":15,"output":1}}}""")]
    public void A_price_left_out_is_an_error_and_not_free(string tokens, string more)
    {
        var row = $$"""{"provider":"openai","model":"m","effectiveFrom":"2026-01-01T00:00:00Z","tokens":{{tokens}}{{more}}}""";
        var json = $$"""{"compiled":"2026-01-01","rates":[{{row}}]}""";
        Assert.Throws<ArgumentException>(() => RateCardReader.Read(System.Text.Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("""{"compiled":"2026-01-01","rates":[{"provider":"openai" "model":"m"}]}""")]
    [InlineData("""{"compiled":"2026-01-01","rates":[{"provider":"openai","model":"m"}""")]
    [InlineData("")]
    public void What_is_not_JSON_is_not_read(string json) =>
        Assert.ThrowsAny<JsonException>(() => RateCardReader.Read(System.Text.Encoding.UTF8.GetBytes(json)));
}
