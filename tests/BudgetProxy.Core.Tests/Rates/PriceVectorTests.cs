using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Rates;

/// <summary>Worked prices. Beside each: tokens in millions × USD per million, from the providers' price pages.</summary>
public sealed class PriceVectorTests
{
    [Theory]
    [InlineData("openai/gpt-4o-mini", "in 7500000 out 2500000", "2.625000000")] // 7.5×0.15 + 2.5×0.60 = 1.125 + 1.50
    [InlineData("openai/gpt-4o-mini", "in 0 out 10000000", "6.000000000")] // 10×0.60
    [InlineData("openai/gpt-4o-mini", "cached 1000000", "0.075000000")] // 1×0.075
    [InlineData("openai/gpt-4o-mini", "in 1234 out 16384", "0.010015500")] // 1234×150 + 16384×600 nano
    [InlineData("openai/gpt-4o-mini", "in 1 out 0", "0.000000150")] // 1×150 nano
    [InlineData("openai/gpt-4o-mini", "in 200 cached 800 out 100", "0.000150000")] // 200×150 + 800×75 + 100×600 nano
    [InlineData("openai/gpt-4o-mini-2024-07-18", "in 1000000 out 1000000", "0.750000000")] // 0.15 + 0.60
    [InlineData("openai/gpt-4o", "in 1000000 cached 1000000 out 1000000", "13.750000000")] // 2.50 + 1.25 + 10
    [InlineData("openai/gpt-4o-2024-05-13", "in 1000000 cached 1000000 out 100000", "11.500000000")] // 5 + 5 (no cached rate) + 1.5
    [InlineData("openai/gpt-4.1", "in 900000 out 10000", "1.880000000")] // 0.9×2 + 0.01×8: no long-context surcharge
    [InlineData("openai/gpt-4.1-nano", "cached 3 out 1", "0.000000475")] // 3×25 + 400 nano
    [InlineData("openai/o3", "in 100000 cached 100000 out 50000", "0.650000000")] // 0.2 + 0.05 + 0.4
    [InlineData("openai/o1-pro", "in 10000 out 10000", "7.500000000")] // 0.01×150 + 0.01×600
    [InlineData("openai/gpt-5-nano", "cached 1 out 1", "0.000000405")] // 5 + 400 nano
    [InlineData("openai/gpt-5.4", "in 272000 out 1000", "0.695000000")] // at the threshold: 0.272×2.50 + 0.001×15
    [InlineData("openai/gpt-5.4", "in 272001 out 1000", "1.382505000")] // above: 0.272001×5 + 0.001×22.50
    [InlineData("openai/gpt-5.4", "in 1 cached 272000 out 0", "0.136005000")] // cached counts to the threshold: 0.272×0.50 + 5000 nano
    [InlineData("openai/gpt-5.6-sol", "in 86 cached 1920 out 300", "0.007112000")] // 86×4 + 1920×0.40 + 300×20, per million
    [InlineData("openai/gpt-5.6-sol", "short 10000", "0.050000000")] // 0.01×5
    [InlineData("openai/gpt-5.6-sol", "in 10000", "0.040000000")] // 0.01×4
    [InlineData("openai/gpt-5.6-sol", "long 10000", "0.080000000")] // 12 hours: 0.01×8
    [InlineData("openai/gpt-5.6", "short 300000 out 10000", "3.300000000")] // >272k: 0.3×10 + 0.01×30
    [InlineData("openai/gpt-6.1-terra", "long 1000000", "5.000000000")] // >272k doubles the 12-hour write of 2.50
    [InlineData("openai/gpt-6.1-terra", "long 100000", "0.250000000")] // 0.1×2.50
    [InlineData("openai/text-embedding-3-small", "in 1500000", "0.030000000")] // 1.5×0.02
    [InlineData("openai/text-embedding-3-large", "in 1000000", "0.130000000")] // 1×0.13
    [InlineData("openai/ft:gpt-4o-mini-2024-07-18:acme:x:abc123", "in 1000000 out 1000000", "1.500000000")] // 0.30 + 1.20
    [InlineData("openai/gpt-audio", "in 1000 audio-in 600 out 500 audio-out 400", "0.046800000")] // 400×2.5 + 600×32 + 100×10 + 400×64
    [InlineData("openai/gpt-image-2", "in 1500 image-in 1000 out 4000", "0.130500000")] // 500×5 + 1000×8 + 4000×30
    [InlineData("openai/gpt-5-search-api", "in 1000 out 1000", "0.021250000")] // 1000×1.25 + 1000×10 per million, + 0.01 a request
    [InlineData("openai/omni-moderation-latest", "in 5000000", "0.000000000")] // free
    [InlineData("anthropic/claude-3-5-haiku-20241022", "in 7500000 out 2500000", "16.000000000")] // 7.5×0.80 + 2.5×4
    [InlineData("anthropic/claude-3-5-haiku-latest", "cached 1000000", "0.080000000")] // 1×0.08
    [InlineData("anthropic/claude-3-haiku-20240307", "out 10000000", "12.500000000")] // 10×1.25
    [InlineData("anthropic/claude-3-haiku", "in 100 cached 1000 short 1000 out 10", "0.000367500")] // 100×250 + 1000×30 + 1000×300 + 10×1250 nano
    [InlineData("anthropic/claude-haiku-4-5", "in 1000000 out 1000000", "6.000000000")] // 1 + 5
    [InlineData("anthropic/claude-sonnet-4-5", "short 10000", "0.037500000")] // first write 1.25×: 0.01×3.75, against 0.03 plain
    [InlineData("anthropic/claude-sonnet-4-5", "long 10000", "0.060000000")] // 1 hour 2×: 0.01×6
    [InlineData("anthropic/claude-sonnet-4-5", "in 50000 cached 150001 out 1000", "0.412500600")] // >200k: 0.05×6 + 0.150001×0.6 + 0.001×22.5
    [InlineData("anthropic/claude-opus-4-6", "in 900000 out 1000", "4.525000000")] // flat to 1M: 0.9×5 + 0.001×25
    [InlineData("anthropic/claude-opus-5", "in 1000 cached 9000 short 2000 long 500 out 800", "0.047000000")] // 5 + 4.5 + 12.5 + 5 + 20, per thousand
    [InlineData("anthropic/claude-opus-5-5", "in 1000 cached 9000 short 2000 long 500 out 800", "0.035800000")] // 4 + 1.8 + 10 + 4 + 16, per thousand
    [InlineData("anthropic/claude-haiku-5-5", "in 100000 out 1000", "0.010500000")] // 0.1×0.10 + 0.001×0.50
    [InlineData("anthropic/claude-haiku-5-5", "in 100001 out 1000", "0.052500500")] // >100k, 5×: 0.100001×0.50 + 0.001×2.50
    [InlineData("anthropic/claude-sonnet-5", "in 1000 out 1000 tools 3", "0.042000000")] // 0.002 + 0.010 + 3 searches at 0.01
    [InlineData("anthropic/claude-fable-5-1", "cached 1000000", "0.250000000")] // read at 0.025×
    [InlineData("bedrock/amazon.nova-micro-v1:0", "cached 1", "0.000000009")] // 8.75 nano, to the nearest
    [InlineData("bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0", "in 1000000", "1.000000000")] // list; the region's 1.1 is the caller's to ask
    [InlineData("vertex/gemini-2.5-pro", "in 200001 out 0", "0.500002500")] // >200k: 0.200001×2.50
    [InlineData("vertex/gemini-2.5-flash", "in 1000000 audio-in 1000000 out 0", "1.000000000")] // audio 1.00
    [InlineData("azure/gpt-5.6-luna", "in 0 short 1000000 out 100000", "0.680000000")] // >272k: 1×0.50 + 0.1×1.80
    [InlineData("ollama/llama3.2:3b", "in 1000000 out 1000000", "0.000000000")] // our own hardware
    public void Standard(string row, string usage, string usd) => Costs(usd, row, usage, ServiceTier.Standard);

    [Theory]
    [InlineData("openai/gpt-4o-mini", "in 7500000 out 2500000", "1.312500000")] // half of 2.625
    [InlineData("openai/gpt-4o-mini", "cached 1000000", "0.075000000")] // no cached rate in batch: batch input
    [InlineData("openai/ft:gpt-4o-2024-08-06", "in 1000000 out 1000000", "14.725000000")] // printed 2.225 + 12.5, not half
    [InlineData("openai/gpt-5.3-codex", "in 1000000", "1.750000000")] // no batch: standard
    [InlineData("openai/gpt-5.4", "in 300000 out 10000", "0.862500000")] // >272k: 0.3×2.50 + 0.01×11.25
    [InlineData("anthropic/claude-3-5-haiku-20241022", "in 7500000 out 2500000", "8.000000000")] // half of 16
    [InlineData("anthropic/claude-opus-5", "cached 1000000 short 1000000 long 1000000", "8.375000000")] // 0.25 + 3.125 + 5
    [InlineData("anthropic/claude-haiku-5-5", "in 200000", "0.050000000")] // >100k and half: 0.2×0.25
    public void Batch(string row, string usage, string usd) => Costs(usd, row, usage, ServiceTier.Batch);

    [Theory]
    [InlineData("openai/o4-mini", "in 1000000 cached 1000000 out 1000000", ServiceTier.Flex, "2.888000000")] // 0.55 + 0.138 (as printed) + 2.2
    [InlineData("openai/gpt-4o", "in 1000000", ServiceTier.Flex, "2.500000000")] // no flex: standard
    [InlineData("openai/gpt-4o-mini", "in 1000000 cached 1000000 out 1000000", ServiceTier.Fast, "1.375000000")] // 0.25 + 0.125 + 1
    [InlineData("openai/gpt-5.5", "in 100000 out 10000", ServiceTier.Fast, "2.000000000")] // 2.5×: 0.1×12.50 + 0.01×75
    [InlineData("openai/gpt-5.5", "in 300000 out 10000", ServiceTier.Fast, "3.450000000")] // no fast >272k: 0.3×10 + 0.01×45
    [InlineData("openai/gpt-5.6-sol", "short 10000 out 1000", ServiceTier.Fast, "0.140000000")] // 0.01×10 + 0.001×40
    [InlineData("anthropic/claude-opus-5-5", "in 1000 long 1000 out 1000", ServiceTier.Fast, "0.064000000")] // 8 + 16 + 40, per thousand
    [InlineData("anthropic/claude-opus-4-6", "in 1000000", ServiceTier.Fast, "5.000000000")] // fast runs and bills standard
    [InlineData("vertex/gemini-3.5-flash", "in 100000 out 10000", ServiceTier.Fast, "0.432000000")] // 1.8 × (0.15 + 0.09)
    public void Flex_and_fast(string row, string usage, ServiceTier tier, string usd) => Costs(usd, row, usage, tier);

    [Theory]
    [InlineData("anthropic/claude-sonnet-4-6", "in 1000 cached 1000 short 1000 out 1000", "0.024255000")] // 1.1 × (3 + 0.3 + 3.75 + 15) per thousand
    [InlineData("anthropic/claude-sonnet-4-5", "in 1000000", "6.000000000")] // no surcharge before 4.6; >200k
    [InlineData("anthropic/claude-sonnet-5", "in 1000 tools 1", "0.012200000")] // 1.1×0.002 + 0.01: fees carry no surcharge
    [InlineData("openai/gpt-5.6-luna", "in 1", "0.000000220")] // 1.1×200 nano
    [InlineData("bedrock/amazon.nova-lite-v1:0", "in 1000000", "0.060000000")] // no surcharge
    [InlineData("azure/gpt-4o-mini", "in 1000000 out 1000000", "0.825000000")] // data zone: 0.165 + 0.66
    public void Regional(string row, string usage, string usd) => Costs(usd, row, usage, ServiceTier.Standard, regional: true);

    [Theory]
    [InlineData("openai/gpt-5.6-sol", "2026-08-20", "in 100000 out 100000", "3.500000000")] // 0.1×5 + 0.1×30
    [InlineData("openai/gpt-5.6-sol", "2026-08-21", "in 100000 out 100000", "2.400000000")] // 0.1×4 + 0.1×20
    [InlineData("openai/gpt-5.6-luna", "2026-07-29", "in 300000 cached 100000 out 100000", "1.520000000")] // >272k: 0.3×2 + 0.1×0.2 + 0.1×9
    [InlineData("anthropic/claude-sonnet-5-5", "2026-10-06", "cached 1000000", "0.200000000")] // before the cut
    [InlineData("anthropic/claude-sonnet-5-5", "2026-10-07", "cached 1000000", "0.100000000")] // from its day on
    [InlineData("vertex/gemini-3.6-flash", "2026-12-31", "in 1000000 out 1000000", "4.500000000")] // introductory 0.75 + 3.75
    [InlineData("vertex/gemini-3.6-flash", "2027-01-01", "in 1000000 out 1000000", "9.000000000")] // 1.50 + 7.50
    public void Periods(string row, string day, string usage, string usd)
    {
        var rate = The.Row(row, DateTimeOffset.Parse(day + "T00:00:00Z"));
        Assert.Equal(usd, rate.Price(The.Usage(usage), ServiceTier.Standard, regional: false, Rounding.HalfEven).ToString());
    }

    [Fact]
    public void The_two_conventions_price_the_same_call_alike()
    {
        var rate = The.Row("openai/gpt-5.6-sol");
        var inclusive = Usage.Inclusive(prompt: 2006, cached: 1920, writtenShort: 0, writtenLong: 0, output: 300);
        var exclusive = Usage.Exclusive(input: 86, cached: 1920, writtenShort: 0, writtenLong: 0, output: 300);
        Assert.Equal("0.007112000", rate.Price(inclusive, ServiceTier.Standard, false, Rounding.HalfEven).ToString());
        Assert.Equal(inclusive, exclusive);
    }

    private static void Costs(string usd, string row, string usage, ServiceTier tier, bool regional = false) =>
        Assert.Equal(usd, The.Row(row).Price(The.Usage(usage), tier, regional, Rounding.HalfEven).ToString());
}
