using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Rates;

public sealed class QuoteTests
{
    [Fact]
    public void Without_a_limit_the_models_own_maximum_is_reserved()
    {
        var quote = Quoted("openai/gpt-4o-mini", new ProviderRequest(), tokens: 1234);
        Assert.Equal(16_384, quote.OutputLimit);
        Assert.Equal("0.010015500", quote.Worst.ToString()); // 1234×150 + 16384×600 nano
        Assert.Equal(new Usage { Input = 1234, Output = 16_384 }, quote.WorstUsage);
        Assert.Equal("0.000492300", quote.Expected.ToString()); // 1234×150 + 512×600 nano
        Assert.Equal(ServiceTier.Standard, quote.Tier);
    }

    [Theory]
    [InlineData(100L, 1, 100, "0.000075000")] // 100×150 + 100×600 nano
    [InlineData(100L, 3, 100, "0.000195000")] // 100×150 + 3×100×600 nano
    [InlineData(0L, 1, 0, "0.000015000")] // a cache warm-up writes nothing
    [InlineData(1_000_000_000L, 1, 16_384, "0.009845400")] // never more than the model gives
    [InlineData(-5L, 1, 0, "0.000015000")]
    public void A_limit_holds_for_each_choice(long limit, int choices, long held, string worst)
    {
        var quote = Quoted("openai/gpt-4o-mini", new ProviderRequest { OutputLimit = limit, Choices = choices }, tokens: 100);
        Assert.Equal(held, quote.OutputLimit);
        Assert.Equal(worst, quote.Worst.ToString());
    }

    /// <summary>What a lower output limit is searched by.</summary>
    [Fact]
    public void No_worst_case_falls_while_its_output_limit_rises()
    {
        foreach (var rate in RateCard.Shipped.Rates.Where(rate => rate.Tokens is not null))
        {
            foreach (var (tier, tokens, choices) in new[] { (ServiceTier.Standard, 10L, 1), (ServiceTier.Fast, 300_000L, 3), (ServiceTier.Flex, 150_000L, 1) })
            {
                NanoUsd? before = null;
                foreach (var limit in new[] { 0L, 1, 16, 17, 255, 4_000, 40_000, 150_000, 400_000 })
                {
                    var request = new ProviderRequest { OutputLimit = limit, ServiceTier = tier, Choices = choices, CacheWrite = CacheWrite.Short };
                    var quote = Quote.Of(rate, request, new InputEstimate(tokens, tokens, CountMethod.Exact), Expectation.Unknown);
                    Assert.True(before is null || quote.Worst >= before, $"{rate.Id} {tier} at {limit}");
                    before = quote.Worst;
                }
            }
        }
    }

    [Fact]
    public void The_bound_is_reserved_and_the_best_guess_expected()
    {
        var count = new InputEstimate(1000, 1350, CountMethod.Calibrated);
        var quote = Quote.Of(The.Row("anthropic/claude-sonnet-4-5"), new ProviderRequest { OutputLimit = 100 }, count, Expectation.Unknown);
        Assert.Equal("0.005550000", quote.Worst.ToString()); // 1350×3000 + 100×15000 nano
        Assert.Equal("0.004500000", quote.Expected.ToString()); // 1000×3000 + 100×15000 nano
    }

    [Theory]
    [InlineData("openai/gpt-5.6-sol", CacheWrite.None, false, "0.050000000")] // written without being asked: 0.01×5
    [InlineData("openai/gpt-5.6-sol", CacheWrite.None, true, "0.040000000")] // ruled out: 0.01×4
    [InlineData("openai/gpt-5.6-sol", CacheWrite.Long, false, "0.080000000")] // 12 hours: 0.01×8
    [InlineData("openai/gpt-5.5", CacheWrite.None, false, "0.050000000")] // older: no charge, 0.01×5
    [InlineData("anthropic/claude-opus-5", CacheWrite.None, false, "0.050000000")] // only when asked
    [InlineData("anthropic/claude-opus-5", CacheWrite.Short, false, "0.062500000")] // 0.01×6.25
    [InlineData("anthropic/claude-opus-5", CacheWrite.Long, false, "0.100000000")] // 0.01×10
    [InlineData("bedrock/anthropic.claude-3-haiku-20240307-v1:0", CacheWrite.Long, false, "0.003125000")] // no long write there: 0.01×0.3125
    public void Input_is_priced_at_the_dearest_write_that_may_happen(string row, CacheWrite write, bool off, string worst)
    {
        var request = new ProviderRequest { OutputLimit = 0, CacheWrite = write, CacheWriteOff = off };
        Assert.Equal(worst, Quoted(row, request, tokens: 10_000).Worst.ToString());
    }

    [Theory]
    [InlineData(ServiceTier.Standard, "0.140000000")] // 10,000×5 + 3,000×30, per million
    [InlineData(ServiceTier.Flex, "0.070000000")] // asked for by name: half
    [InlineData(ServiceTier.Batch, "0.070000000")]
    [InlineData(ServiceTier.Fast, "0.350000000")] // 2.5×
    public void The_named_tier_is_priced(ServiceTier tier, string worst)
    {
        var request = new ProviderRequest { OutputLimit = 3_000, ServiceTier = tier };
        Assert.Equal(worst, Quoted("openai/gpt-5.5", request, tokens: 10_000).Worst.ToString());
        Assert.Equal(tier, Quoted("openai/gpt-5.5", request, tokens: 10_000).Tier);
    }

    [Theory]
    [InlineData(272_000, "0.680000000")] // 0.272×2.50
    [InlineData(272_001, "1.360005000")] // 0.272001×5
    [InlineData(5_000_000, "4.610000000")] // cut to the window of 922,000: 0.922×5
    public void Long_context_and_the_window_follow_the_bound(int bound, string worst) =>
        Assert.Equal(worst, Quoted("openai/gpt-5.4", new ProviderRequest { OutputLimit = 0 }, bound).Worst.ToString());

    [Fact]
    public void A_long_bound_is_reserved_at_the_price_below_the_threshold_where_that_is_dearer()
    {
        var request = new ProviderRequest { OutputLimit = 1000, ServiceTier = ServiceTier.Fast };
        var quote = Quoted("openai/gpt-5.5", request, tokens: 280_000);
        Assert.Equal("3.475000000", quote.Worst.ToString()); // 0.272×12.50 + 0.001×75, against 0.28×10 + 0.001×45 = 2.845
        Assert.Equal(280_000, quote.WorstUsage.TotalInput);
    }

    [Fact]
    public void Server_tools_add_their_fees_and_lift_the_window()
    {
        var request = new ProviderRequest { OutputLimit = 0, ServerToolCalls = 5 };
        var quote = Quoted("anthropic/claude-haiku-4-5", request, tokens: 300_000);
        Assert.Equal("0.425000000", quote.Worst.ToString()); // their results are cached: 0.3×1.25 + 5×0.01
        Assert.Equal(5, quote.WorstUsage.ToolCalls);
    }

    [Fact]
    public void A_region_is_surcharged_where_asked()
    {
        var request = new ProviderRequest { OutputLimit = 1000, Regional = true };
        Assert.Equal("0.028600000", Quoted("anthropic/claude-sonnet-5", request, tokens: 8_000).Worst.ToString()); // 1.1 × (0.016 + 0.010)
    }

    [Fact]
    public void A_prediction_is_reserved_as_output()
    {
        var count = new InputEstimate(10, 10, CountMethod.Exact, PredictionTokens: 50);
        var quote = Quote.Of(The.Row("openai/gpt-4o-mini"), new ProviderRequest { OutputLimit = 100 }, count, Expectation.Unknown);
        Assert.Equal(150, quote.WorstUsage.Output);
        Assert.Equal(100, quote.OutputLimit);
    }

    [Fact]
    public void Embeddings_have_no_output()
    {
        var quote = Quoted("openai/text-embedding-3-small", new ProviderRequest { HasOutput = false }, tokens: 300_000);
        Assert.Equal(0, quote.OutputLimit);
        Assert.Equal(300_000, quote.WorstUsage.Total);
        Assert.Equal("0.006000000", quote.Worst.ToString()); // many inputs of up to 8,191 tokens each: 0.3×0.02
    }

    [Fact]
    public void A_row_that_knows_no_maximum_is_reserved_for_what_the_largest_models_give()
    {
        var rate = The.Row("openai/gpt-4o-mini") with { Profile = new ModelProfile() };
        Assert.Equal(Quote.UnknownMaxOutput, Quote.Of(rate, new ProviderRequest(), new InputEstimate(1, 1, CountMethod.Exact), Expectation.Unknown).OutputLimit);
        Assert.Equal(200_000, Quote.Of(rate, new ProviderRequest { OutputLimit = 200_000 }, new InputEstimate(1, 1, CountMethod.Exact), Expectation.Unknown).OutputLimit);
    }

    [Theory]
    [InlineData(null, Quote.UnknownMaxOutput)]
    [InlineData(50L, 50L)]
    public void A_model_that_costs_nothing_has_output_all_the_same(long? limit, long held)
    {
        var free = new Rate
        {
            Provider = Provider.OpenAi,
            Model = "unpriced",
            EffectiveFrom = DateTimeOffset.UnixEpoch,
            Profile = new ModelProfile(),
            Tokens = new PriceList { Standard = new TokenPrices { Input = 0, Output = 0 } },
        };
        foreach (var rate in (Rate[])[free, The.Row("ollama/llama3")])
        {
            var quote = Quoted(rate, new ProviderRequest { OutputLimit = limit, Choices = 2 }, tokens: 10);
            Assert.Equal(held, quote.OutputLimit);
            Assert.Equal(2 * held, quote.WorstUsage.Output);
            Assert.Equal(NanoUsd.Zero, quote.Worst);
        }
    }

    [Fact]
    public void What_a_model_finds_that_searches_on_its_own_fills_its_window()
    {
        var quote = Quoted("openai/gpt-5-search-api", new ProviderRequest { OutputLimit = 1000 }, tokens: 100);
        Assert.Equal(new InputEstimate(100, 272_000, CountMethod.Bound), quote.Input);
        Assert.Equal("0.360000000", quote.Worst.ToString()); // 0.272×1.25 + 0.001×10 + 0.01 for the search
        Assert.Equal("0.015245000", quote.Expected.ToString()); // 100×1250 + 512×10000 nano + 0.01

        var unknown = The.Row("openai/gpt-5-search-api") with { Profile = new ModelProfile() };
        Assert.Equal(InputEstimator.LargestInput, Quoted(unknown, new ProviderRequest(), tokens: 100).WorstUsage.Input);
    }

    [Fact]
    public void The_count_that_a_quote_shows_is_cut_to_the_window()
    {
        var quote = Quote.Of(The.Row("openai/gpt-4o"), new ProviderRequest(), new InputEstimate(130_000, 2_000_000, CountMethod.Bound), Expectation.Unknown);
        Assert.Equal(new InputEstimate(128_000, 128_000, CountMethod.Bound), quote.Input);
        Assert.Equal(128_000, quote.WorstUsage.Input);
    }

    [Fact]
    public void Audio_models_are_reserved_at_the_price_of_audio()
    {
        var quote = Quoted("openai/gpt-audio", new ProviderRequest { OutputLimit = 1000 }, tokens: 1000);
        Assert.Equal("0.096000000", quote.Worst.ToString()); // 1000×32 + 1000×64, per million
        Assert.Equal(1000, quote.WorstUsage.Input);
    }

    [Fact]
    public void Audio_is_expected_at_its_own_price_and_text_at_its_own()
    {
        var request = new ProviderRequest { OutputLimit = 100, AudioTokens = 600, AudioBound = 600, AudioOutput = true };
        var quote = Quoted("openai/gpt-audio", request, tokens: 1000);
        Assert.Equal(new Usage { Input = 1000, AudioInput = 600, Output = 100, AudioOutput = 100 }, quote.ExpectedUsage);
        Assert.Equal("0.026600000", quote.Expected.ToString()); // 400×2.5 + 600×32 + 100×64, per million
        request.AudioOutput = false;
        Assert.Equal("0.021200000", Quoted("openai/gpt-audio", request, tokens: 1000).Expected.ToString()); // 400×2.5 + 600×32 + 100×10
    }

    [Fact]
    public void Figures_beyond_all_reason_saturate()
    {
        var rate = The.Row("openai/o1-pro") with { Profile = new ModelProfile() };
        var request = new ProviderRequest { Choices = 128, OutputLimit = 1_000_000_000 };
        Assert.Equal("76800000.000000000", Dollars(128L * 1_000_000_000 * 600)); // what it would be
        var quote = Quote.Of(rate, request, new InputEstimate(long.MaxValue, long.MaxValue, CountMethod.Bound, long.MaxValue), Expectation.Unknown);
        Assert.Equal(NanoUsd.Ceiling, quote.Worst);
        Assert.Equal(NanoUsd.Ceiling, quote.Expected);
        Assert.True(quote.Worst > NanoUsd.MaxLimit);
        Assert.True(quote.WorstUsage.Total > 0);
    }

    [Fact]
    public void A_row_without_token_prices_cannot_be_quoted()
    {
        var whisper = RateCard.Shipped.Rates.Single(rate => rate.Model == "whisper-1");
        Assert.Throws<InvalidOperationException>(() => Quoted(whisper, new ProviderRequest(), 1));
    }

    private static string Dollars(long millionths) => (millionths / 1_000_000m).ToString("0.000000000");

    private static Quote Quoted(string row, ProviderRequest request, long tokens) => Quoted(The.Row(row), request, tokens);

    private static Quote Quoted(Rate rate, ProviderRequest request, long tokens) =>
        Quote.Of(rate, request, new InputEstimate(tokens, tokens, CountMethod.Exact), Expectation.Unknown);
}
