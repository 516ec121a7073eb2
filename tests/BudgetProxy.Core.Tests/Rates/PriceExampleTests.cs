using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Rates;

/// <summary>More worked prices, of combinations: beside each, tokens in thousands × USD per million, in thousandths of a dollar, unless the comment says otherwise.</summary>
public sealed class PriceExampleTests
{
    [Theory]
    [InlineData("openai/gpt-image-1.5", "in 1000 out 3000 image-out 2800", ServiceTier.Standard, "0.096600000")] // 1×5 + 0.2×10 + 2.8×32 = 5 + 2 + 89.6
    [InlineData("openai/gpt-image-1.5", "in 1000 out 3000 image-out 2800", ServiceTier.Batch, "0.048300000")] // half of each: 2.5 + 1 + 44.8
    [InlineData("openai/gpt-image-1.5", "in 1500 image-in 1000 out 1000 image-out 1000", ServiceTier.Standard, "0.042500000")] // 0.5×5 + 1×8 + 1×32
    [InlineData("openai/gpt-image-2", "out 1000 image-out 1000", ServiceTier.Standard, "0.030000000")] // its output has one price: 1×30
    [InlineData("openai/gpt-image-1-mini", "cached 1000 out 1000", ServiceTier.Standard, "0.008200000")] // 1×0.20 + 1×8
    [InlineData("openai/gpt-5.4", "in 1000 out 500 tools 2 files 3 code 1", ServiceTier.Standard, "0.067500000")] // 2.5 + 7.5 + 2×10 + 3×2.5 + 30
    [InlineData("openai/gpt-5.4-mini", "files 1000", ServiceTier.Standard, "2.500000000")] // 2.50 a thousand
    [InlineData("openai/gpt-5.4-mini", "code 2", ServiceTier.Fast, "0.060000000")] // 2×30: fees know no tier
    [InlineData("openai/gpt-5", "in 100000 cached 400000 out 20000", ServiceTier.Standard, "0.375000000")] // 100×1.25 + 400×0.125 + 20×10 = 125 + 50 + 200
    [InlineData("openai/gpt-5", "in 100000 cached 400000 out 20000", ServiceTier.Batch, "0.187500000")] // 62.5 + 25 + 100
    [InlineData("openai/gpt-5", "in 100000 cached 400000 out 20000", ServiceTier.Flex, "0.187500000")] // as batch
    [InlineData("openai/gpt-5", "in 100000 cached 400000 out 20000", ServiceTier.Fast, "0.750000000")] // 250 + 100 + 400
    [InlineData("openai/gpt-5.6-sol", "in 1000 cached 2000 short 3000 out 400", ServiceTier.Standard, "0.027800000")] // 4 + 0.8 + 15 + 8
    [InlineData("openai/gpt-5.6-sol", "in 1000 cached 2000 short 3000 out 400", ServiceTier.Batch, "0.013900000")] // 2 + 0.4 + 7.5 + 4
    [InlineData("openai/gpt-5.6-sol", "cached 272000 short 1000 out 1000", ServiceTier.Standard, "0.257600000")] // >272k: 272×0.8 + 1×10 + 1×30 = 217.6 + 10 + 30
    [InlineData("openai/gpt-5.6-sol", "cached 272000 long 1 out 0", ServiceTier.Flex, "0.108808000")] // >272k: 272×0.4 + 0.001×8
    [InlineData("openai/gpt-6-luna", "in 272000", ServiceTier.Standard, "0.027200000")] // at the threshold: 272×0.10
    [InlineData("openai/gpt-6-luna", "in 1000000", ServiceTier.Standard, "0.200000000")] // above: 1000×0.20
    [InlineData("openai/gpt-6-astra", "in 10000 out 1000", ServiceTier.Flex, "0.075000000")] // 10×5 + 1×25
    [InlineData("openai/gpt-6-astra", "in 300000 out 1000", ServiceTier.Fast, "12.150000000")] // >272k: 300×40 + 1×150
    [InlineData("openai/gpt-6.1-sol", "in 1000 cached 99000 out 2000", ServiceTier.Standard, "0.031900000")] // 2 + 9.9 + 20
    [InlineData("openai/gpt-6.1-sol", "in 1000 cached 99000 out 2000", ServiceTier.Batch, "0.015950000")] // 1 + 4.95 + 10
    [InlineData("openai/gpt-4o", "in 100000 cached 100000 out 10000", ServiceTier.Fast, "0.807500000")] // 425 + 212.5 + 170
    [InlineData("openai/gpt-4o", "in 100000 cached 100000 out 10000", ServiceTier.Batch, "0.300000000")] // 125 + 125 (no cached rate in batch) + 50
    [InlineData("openai/gpt-4.1-mini", "in 123456 cached 1 out 7", ServiceTier.Standard, "0.049393700")] // 123456×400 + 1×100 + 7×1600 nano-dollars
    [InlineData("openai/text-embedding-3-large", "in 1000000", ServiceTier.Batch, "0.065000000")] // 1000×0.065
    [InlineData("openai/ft:gpt-4.1-2025-04-14:acme::x1", "in 1000 cached 1000 out 1000", ServiceTier.Standard, "0.015750000")] // 3 + 0.75 + 12
    [InlineData("openai/ft:gpt-4.1-2025-04-14:acme::x1", "in 1000 cached 1000 out 1000", ServiceTier.Batch, "0.008000000")] // 1.5 + 0.5 + 6
    [InlineData("openai/o3", "in 100000 out 10000", ServiceTier.Flex, "0.140000000")] // 100 + 40
    [InlineData("openai/o3", "in 100000 out 10000", ServiceTier.Fast, "0.490000000")] // 350 + 140
    [InlineData("openai/o3", "cached 100000", ServiceTier.Fast, "0.087500000")] // 100×0.875
    [InlineData("openai/gpt-audio-mini", "in 2000 audio-in 1500 out 800 audio-out 600", ServiceTier.Standard, "0.027780000")] // 0.5×0.6 + 1.5×10 + 0.2×2.4 + 0.6×20 = 0.3 + 15 + 0.48 + 12
    public void OpenAi(string row, string usage, ServiceTier tier, string usd) => Costs(usd, row, usage, tier);

    [Theory]
    [InlineData("anthropic/claude-haiku-4-5", "in 100 short 1000 out 200", ServiceTier.Standard, "0.002350000")] // a system prompt of 1,000, first call: 0.1 + 1.25 + 1
    [InlineData("anthropic/claude-haiku-4-5", "in 100 cached 1000 out 200", ServiceTier.Standard, "0.001200000")] // each call after it: 0.1 + 0.1 + 1
    [InlineData("anthropic/claude-haiku-4-5", "in 100 long 1000 out 200", ServiceTier.Standard, "0.003100000")] // first call for an hour: 0.1 + 2 + 1
    [InlineData("anthropic/claude-haiku-4-5", "in 1100 out 200", ServiceTier.Standard, "0.002100000")] // without a cache: 1.1 + 1
    [InlineData("anthropic/claude-haiku-4-5", "in 100 short 1000 out 200", ServiceTier.Batch, "0.001175000")] // half of the first
    [InlineData("anthropic/claude-sonnet-4-6", "in 1000 cached 8000 short 1000 out 500", ServiceTier.Standard, "0.016650000")] // 3 + 2.4 + 3.75 + 7.5
    [InlineData("anthropic/claude-sonnet-4-6", "in 1000 cached 8000 short 1000 out 500", ServiceTier.Batch, "0.008325000")] // half
    [InlineData("anthropic/claude-opus-5", "in 1000 cached 1000 short 1000 long 1000 out 1000", ServiceTier.Fast, "0.093500000")] // 10 + 1 + 12.5 + 20 + 50
    [InlineData("anthropic/claude-opus-5", "in 1000 cached 1000 short 1000 long 1000 out 1000", ServiceTier.Batch, "0.023375000")] // 2.5 + 0.25 + 3.125 + 5 + 12.5
    [InlineData("anthropic/claude-haiku-5-5", "cached 100001 out 10", ServiceTier.Standard, "0.005025050")] // >100k: 100.001×0.05 + 0.01×2.5
    [InlineData("anthropic/claude-haiku-5-5", "long 100000 out 1000", ServiceTier.Standard, "0.020500000")] // at the threshold: 100×0.2 + 1×0.5
    [InlineData("anthropic/claude-haiku-5-5", "long 100001 out 1000", ServiceTier.Batch, "0.051250500")] // >100k and half: 100.001×0.5 + 1×1.25
    [InlineData("anthropic/claude-sonnet-4-5", "in 200001 out 1000", ServiceTier.Batch, "0.611253000")] // >200k and half: 200.001×3 + 1×11.25
    [InlineData("anthropic/claude-fable-5-1", "in 1000 cached 100000 short 2000 out 1000", ServiceTier.Standard, "0.110000000")] // 10 + 25 + 25 + 50
    [InlineData("anthropic/claude-sonnet-5", "tools 1000", ServiceTier.Standard, "10.000000000")] // 10 USD a thousand searches
    [InlineData("anthropic/claude-sonnet-5", "code 12", ServiceTier.Standard, "0.050000004")] // 12 × five minutes of 0.05 USD an hour, 4,166,667 nano-dollars each
    [InlineData("anthropic/claude-3-opus-20240229", "in 1000 out 1000", ServiceTier.Batch, "0.045000000")] // 7.5 + 37.5
    [InlineData("anthropic/claude-opus-4-1-20250805", "in 1000 long 2000 out 1000", ServiceTier.Standard, "0.150000000")] // 15 + 60 + 75
    public void Anthropic(string row, string usage, ServiceTier tier, string usd) => Costs(usd, row, usage, tier);

    [Theory]
    [InlineData("vertex/gemini-2.5-pro", "in 200000 out 1000", ServiceTier.Standard, "0.260000000")] // at the threshold: 200×1.25 + 1×10
    [InlineData("vertex/gemini-2.5-pro", "in 1 cached 200000 out 1000", ServiceTier.Standard, "0.065002500")] // above: 0.001×2.5 + 200×0.25 + 1×15
    [InlineData("vertex/gemini-2.5-pro", "in 300000 out 1000", ServiceTier.Batch, "0.382500000")] // >200k and half: 300×1.25 + 1×7.5
    [InlineData("vertex/gemini-2.5-pro", "tools 2", ServiceTier.Standard, "0.070000000")] // grounding, 35 USD a thousand
    [InlineData("vertex/gemini-3.5-flash", "in 1000 cached 1000 out 1000 tools 1", ServiceTier.Standard, "0.024650000")] // 1.5 + 0.15 + 9 + 14
    [InlineData("vertex/gemini-3.5-flash", "in 1000 cached 1000 out 1000", ServiceTier.Batch, "0.005325000")] // half of 10.65
    [InlineData("bedrock/amazon.nova-pro-v1:0", "in 1000 cached 1000 short 1000 out 1000", ServiceTier.Standard, "0.005800000")] // 0.8 + 0.2 + 1.6 + 3.2
    [InlineData("bedrock/amazon.nova-pro-v1:0", "in 1000 cached 1000 short 1000 out 1000", ServiceTier.Batch, "0.002900000")] // half
    [InlineData("azure/gpt-5.4", "in 272001", ServiceTier.Standard, "1.360005000")] // >272k: 272.001×5
    [InlineData("azure/gpt-4o", "in 1000000 cached 1000000 out 1000000", ServiceTier.Batch, "6.875000000")] // 1250 + 625 + 5000
    public void Others(string row, string usage, ServiceTier tier, string usd) => Costs(usd, row, usage, tier);

    [Theory]
    [InlineData("anthropic/claude-sonnet-4-6", "in 1000 cached 8000 short 1000 out 500", ServiceTier.Batch, "0.009157500")] // 1.1 × 8.325
    [InlineData("anthropic/claude-opus-5", "in 1000 cached 1000 short 1000 long 1000 out 1000", ServiceTier.Fast, "0.102850000")] // 1.1 × 93.5
    [InlineData("anthropic/claude-haiku-5-5", "in 100001", ServiceTier.Standard, "0.055000550")] // >100k: 1.1 × 100.001×0.5
    [InlineData("bedrock/us.anthropic.claude-opus-5", "in 1000 out 1000", ServiceTier.Standard, "0.033000000")] // 1.1 × (5 + 25)
    [InlineData("azure/gpt-4o-mini", "cached 1000000", ServiceTier.Standard, "0.082500000")] // 1.1 × 75
    [InlineData("openai/gpt-6.1-sol", "in 300000 files 2", ServiceTier.Standard, "1.325000000")] // >272k: 1.1 × 300×4, + 2×2.5 without it
    public void Regional(string row, string usage, ServiceTier tier, string usd) => Costs(usd, row, usage, tier, regional: true);

    private static void Costs(string usd, string row, string usage, ServiceTier tier, bool regional = false) =>
        Assert.Equal(usd, The.Row(row).Price(The.Usage(usage), tier, regional, Rounding.HalfEven).ToString());
}
