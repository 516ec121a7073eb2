using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Rates.Calculator;

namespace BudgetProxy.Core.Tests.Rates.Calculator;

/// <summary>Workloads priced by hand: beside each, millions of tokens × USD per million from the row.</summary>
public sealed class CalculatorVectorTests
{
    [Theory]
    [InlineData("openai/gpt-4o-mini", "n 1 in 7500000 out 2500000", "2.625")] // 7.5×0.15 + 2.5×0.60 = 1.125 + 1.50
    [InlineData("anthropic/claude-3-5-haiku-20241022", "n 1 in 7500000 out 2500000", "16")] // 7.5×0.80 + 2.5×4 = 6 + 10
    [InlineData("openai/gpt-4o-mini", "n 2500 in 3000 out 1000", "2.625")] // the same tokens in 2,500 requests
    [InlineData("openai/gpt-4o-mini", "n 1 out 10000000", "6")] // 10×0.60
    [InlineData("anthropic/claude-3-haiku-20240307", "n 1 out 10000000", "12.50")] // 10×1.25
    [InlineData("openai/gpt-4o-mini", "n 1 in 7500000 out 2500000 tier batch", "1.3125")] // half: 7.5×0.075 + 2.5×0.30
    [InlineData("anthropic/claude-3-5-haiku-20241022", "n 1 in 7500000 out 2500000 tier batch", "8")] // half: 7.5×0.40 + 2.5×2
    [InlineData("openai/gpt-4o-mini", "n 1000000 prefix 1000 per month", "75.000075")] // first 0.001×0.15, then 999.999×0.075 = 74.999925
    [InlineData("anthropic/claude-3-5-haiku-20241022", "n 1000000 prefix 1000 per month", "80.00092")] // first 0.001×1.00 (1.25×), then 999.999×0.08 = 79.99992
    [InlineData("anthropic/claude-3-5-haiku-20241022", "n 1000000 prefix 1000 per month cache long", "80.00152")] // first 0.001×1.60 (2×), then 79.99992
    [InlineData("anthropic/claude-3-5-haiku-20241022", "n 1000000 prefix 1000 per month cache none", "800")] // 1000×0.80
    [InlineData("openai/gpt-4o-mini", "n 10000 in 2000 out 500", "6")] // 20×0.15 + 5×0.60
    [InlineData("anthropic/claude-haiku-4-5", "n 10000 in 2000 out 500", "45")] // 20×1 + 5×5
    [InlineData("anthropic/claude-haiku-4-5", "n 10000 in 2000 out 500 tier batch", "22.50")]
    [InlineData("anthropic/claude-sonnet-4-5", "n 100 prefix 10000 per month", "3.75")] // one in 7.2 hours: all write, 1×3.75 (plain would be 3)
    [InlineData("anthropic/claude-sonnet-4-5", "n 100 prefix 10000 per month cache long", "6")] // colder than an hour too: 1×6
    [InlineData("anthropic/claude-sonnet-4-5", "n 288 prefix 10000 per day", "0.8985")] // one in 300 s, just warm: 0.01×3.75 + 2.87×0.30 = 0.0375 + 0.861
    [InlineData("anthropic/claude-sonnet-4-5", "n 287 prefix 10000 per day", "10.7625")] // one in 301 s: 2.87×3.75
    [InlineData("anthropic/claude-sonnet-4-5", "n 100 prefix 10000 per day life 3600", "0.3345")] // one in 864 s: 0.0375 + 0.99×0.30
    [InlineData("anthropic/claude-sonnet-4-5", "n 1000 prefix 10000 share 50", "3.69")] // 20 writes: 0.2×3.75 + 9.8×0.30 = 0.75 + 2.94
    [InlineData("anthropic/claude-sonnet-4-5", "n 1001 prefix 10000 share 50", "3.7275")] // 21 writes, 980 reads: 0.7875 + 2.94
    [InlineData("anthropic/claude-sonnet-4-5", "n 3 in 100 n 2 in 100 prefix 10000", "0.051")] // one write in all: 0.0005×3 + 0.01×3.75 + 0.04×0.30
    [InlineData("anthropic/claude-sonnet-4-5", "n 2 in 100 n 3 in 100 prefix 10000 share 2", "0.12")] // three writes in all: 0.0015 + 0.03×3.75 + 0.02×0.30
    [InlineData("anthropic/claude-sonnet-4-5", "n 24 prefix 10000 per day cache long", "0.129")] // one an hour, just warm: 0.01×6 + 0.23×0.30
    [InlineData("anthropic/claude-sonnet-4-5", "n 23 prefix 10000 per day cache long", "1.38")] // a little later, cold: 0.23×6
    [InlineData("anthropic/claude-sonnet-4-5", "n 1 prefix 10000 per year", "0.0375")] // a single one writes, and nobody reads
    [InlineData("openai/gpt-5.6-sol", "n 10 prefix 2000 in 1000 out 100", "0.0872")] // written 0.012×5, read 0.018×0.40, out 0.001×20: 0.06 + 0.0072 + 0.02
    [InlineData("openai/gpt-5.6-sol", "n 10 prefix 2000 in 1000 out 100 cache none", "0.14")] // 0.03×4 + 0.02
    [InlineData("openai/gpt-5.6-sol", "n 10 in 1023", "0.04092")] // too short to be cached: 0.01023×4
    [InlineData("openai/gpt-5.6-sol", "n 10 in 1024", "0.0512")] // written unasked: 0.01024×5
    [InlineData("openai/gpt-6.1-terra", "n 1 prefix 100000 cache long", "0.25")] // 12 hours: 0.1×2.50
    [InlineData("openai/gpt-5.4", "n 1000 in 1000", "2.50")] // a million tokens, but no request is long: 1×2.50
    [InlineData("openai/gpt-5.4", "n 2 in 272000", "1.36")] // at the threshold: 0.544×2.50
    [InlineData("openai/gpt-5.4", "n 2 in 272001", "2.72001")] // above: 0.544002×5
    [InlineData("openai/gpt-5.4", "n 2 prefix 272000 in 1", "1.49601")] // cached counts: 0.272001×5, then 0.272×0.50 + 0.000001×5
    [InlineData("openai/gpt-5.4", "n 3 in 1000 n 1 in 300000", "1.5075")] // 0.003×2.50 + 0.3×5
    [InlineData("openai/gpt-5.5", "n 1 in 300000 out 1000 tier fast", "3.045")] // no fast prices above: 0.3×10 + 0.001×45
    [InlineData("anthropic/claude-haiku-5-5", "n 10 in 100001 out 1000", "0.525005")] // >100k: 1.00001×0.50 + 0.01×2.50
    [InlineData("vertex/gemini-2.5-pro", "n 10 in 200001 out 100", "5.015025")] // >200k: 2.00001×2.50 + 0.001×15
    [InlineData("anthropic/claude-opus-5", "n 1000 in 1000 out 100", "7.50")] // 1×5 + 0.1×25
    [InlineData("anthropic/claude-opus-5", "n 1000 in 1000 out 100 regional 1", "8.25")] // ×1.1
    [InlineData("anthropic/claude-opus-5", "n 1000 in 1000 out 100 tier fast", "15")] // 1×10 + 0.1×50
    [InlineData("openai/gpt-5", "n 1000 in 10000 out 1000 tier flex", "11.25")] // 10×0.625 + 1×5
    [InlineData("openai/gpt-4o-mini", "n 1000 in 10000 out 1000 tier flex", "2.10")] // has no flex: 10×0.15 + 1×0.60
    [InlineData("openai/gpt-4.1", "n 10 prefix 100000 tier batch", "1")] // no cached price in a batch: 1×1
    [InlineData("anthropic/claude-sonnet-5", "n 100 in 1000 out 1000 tools 3", "4.20")] // 0.1×2 + 0.1×10 + 300×0.01
    [InlineData("anthropic/claude-sonnet-5", "n 100 in 1000 out 1000 tools 3 regional 1", "4.32")] // 1.20×1.1; fees have no surcharge
    [InlineData("openai/gpt-5-search-api", "n 100 in 1000 out 1000", "2.125")] // 0.1×1.25 + 0.1×10 + 100×0.01 a request
    [InlineData("openai/text-embedding-3-small", "n 10000 in 500", "0.10")] // 5×0.02
    [InlineData("openai/text-embedding-3-small", "n 10000 in 500 tier batch", "0.05")]
    [InlineData("openai/ft:gpt-4o-mini-2024-07-18:acme:x:abc123", "n 1000 in 1000 out 1000", "1.50")] // 0.30 + 1.20
    [InlineData("openai/gpt-5-nano", "n 1000001 prefix 1 tier batch", "0.002500025")] // 25 nano, then a million × 2.5 nano: no half is lost
    [InlineData("azure/gpt-4o-mini", "n 1 in 1000000 regional 1", "0.165")] // 1×0.15×1.1
    [InlineData("bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0", "n 1 in 1000000 out 1000000 regional 1", "6.60")] // (1 + 5)×1.1
    [InlineData("ollama/llama3", "n 1000 in 1000 out 1000", "0")]
    [InlineData("openai/o1-pro", "n 1000000 in 100000 out 10000", "21000000")] // 100,000×150 + 10,000×600: above what a budget can hold, and not cut
    public void Costs(string model, string workload, string usd)
    {
        Assert.True(NanoUsd.TryParse(usd, out var expected));
        var estimate = Estimate(model, workload);
        Assert.Equal(expected.ToString(), estimate.Total.ToString());
        Assert.Equal(estimate.Total.Value, estimate.Lines.Sum(line => line.Cost.Value));
    }

    [Fact]
    public void Lines_say_what_was_billed_at_which_price()
    {
        var estimate = Estimate("anthropic/claude-sonnet-4-6", "n 1000 prefix 10000 in 500 out 100 tools 1 regional 1");
        Assert.Equal(
            [
                (ChargeKind.Input, 500_000, 3.3m, "1.650000000"),
                (ChargeKind.CachedInput, 9_990_000, 0.33m, "3.296700000"),
                (ChargeKind.CacheWriteShort, 10_000, 4.125m, "0.041250000"),
                (ChargeKind.Output, 100_000, 16.5m, "1.650000000"),
                (ChargeKind.ToolCall, 1000, 0.01m, "10.000000000"),
            ],
            estimate.Lines.Select(line => (line.Kind, line.Quantity, line.UsdPerUnit, line.Cost.ToString())));
        Assert.Equal(1, estimate.CacheWrites);
        Assert.Equal(TimeSpan.FromMinutes(5), estimate.CacheLifetime);
        Assert.All(estimate.Lines, line => Assert.False(line.LongContext));
    }

    [Fact]
    public void Requests_on_both_sides_of_a_threshold_have_lines_of_their_own()
    {
        var lines = Estimate("openai/gpt-5.4", "n 3 in 1000 n 1 in 300000").Lines;
        Assert.Equal([(false, 3000L, 2.5m), (true, 300_000L, 5m)], lines.Select(line => (line.LongContext, line.Quantity, line.UsdPerUnit)));
    }

    [Fact]
    public void A_cached_prefix_counts_to_the_threshold_in_every_line()
    {
        var lines = Estimate("openai/gpt-5.4", "n 2 prefix 272000 in 1").Lines;
        Assert.Equal(
            [(ChargeKind.Input, true, 272_002L, 5m), (ChargeKind.CachedInput, true, 272_000L, 0.5m)],
            lines.Select(line => (line.Kind, line.LongContext, line.Quantity, line.UsdPerUnit)));
    }

    [Theory]
    [InlineData("anthropic/claude-sonnet-4-5", "00:05:00", "01:00:00")]
    [InlineData("openai/gpt-4o-mini", "00:10:00", "1.00:00:00")]
    [InlineData("openai/gpt-6-luna", "00:30:00", "12:00:00")]
    public void A_prefix_lives_as_long_as_the_provider_says(string model, string shorter, string longer)
    {
        Assert.Equal(TimeSpan.Parse(shorter), Estimate(model, "n 1 prefix 5000").CacheLifetime);
        Assert.Equal(TimeSpan.Parse(longer), Estimate(model, "n 1 prefix 5000 cache long").CacheLifetime);
    }

    [Fact]
    public void What_the_same_would_cost_otherwise_is_told()
    {
        var batch = Estimate("anthropic/claude-haiku-4-5", "n 1000 in 1000 prefix 10000 tier batch");
        // Batch: fresh 1×0.50, write 0.01×0.625, read 9.99×0.05. Standard: twice that. Uncached: 11×0.50.
        Assert.Equal("1.00575", batch.Total.ToBalance());
        Assert.Equal("2.0115", batch.AtStandard!.Value.ToBalance());
        Assert.Equal("5.50", batch.WithoutCache!.Value.ToBalance());
        Assert.Null(batch.AtBatch);

        var plain = Estimate("anthropic/claude-haiku-4-5", "n 1000 in 1000");
        Assert.Equal("0.50", plain.AtBatch!.Value.ToBalance());
        Assert.Null(plain.AtStandard);
        Assert.Null(plain.WithoutCache);
        Assert.Null(Estimate("openai/gpt-5-search-api", "n 1 in 1").AtBatch);
    }

    [Theory]
    [InlineData("openai/gpt-4o-mini", "n 1 in 200000 out 20000", "window of 128,000", "limit of 16,384")]
    [InlineData("openai/gpt-4o-mini", "n 10 in 1 prefix 1000", "from 1,024 tokens on", "all this costs 0.0015015 USD")]
    [InlineData("openai/gpt-4", "n 10 prefix 2000", "no price for cached input", "shutdown 2026-10-23")]
    [InlineData("openai/gpt-4o-mini", "n 1 in 1 tier flex", "no flex prices", "")]
    [InlineData("openai/gpt-6-luna", "n 1 in 1", "every prompt of 1,024 tokens", "mode explicit")]
    [InlineData("openai/gpt-5.4", "n 1 in 272001", "long-context prices", "")]
    [InlineData("anthropic/claude-sonnet-4-5", "n 287 prefix 10000 per day", "every 301 seconds", "lives 300")]
    [InlineData("anthropic/claude-sonnet-4-5", "n 2 prefix 10000 tier batch regional 1", "best effort", "no regional surcharge")]
    [InlineData("openai/text-embedding-3-small", "n 1 in 1 tools 1", "no fee for tool calls", "")]
    public void What_may_not_hold_is_noted(string model, string workload, string first, string second)
    {
        var notes = string.Join('\n', Estimate(model, workload).Notes);
        Assert.Contains(first, notes, StringComparison.Ordinal);
        Assert.Contains(second, notes, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ordinary_workload_has_no_note() => Assert.Empty(Estimate("openai/gpt-4o-mini", "n 1000 in 2000 prefix 2000 out 500 per day").Notes);

    [Fact]
    public void More_than_64_bits_hold_is_no_estimate() =>
        Assert.Null(CostCalculator.Estimate(The.Row("openai/o1-pro"), Workloads.Of("n 1000000000 in 1000000")));

    private static CostEstimate Estimate(string model, string workload)
    {
        var parsed = Workloads.Of(workload);
        Assert.Empty(WorkloadRules.Check(parsed));
        var estimate = CostCalculator.Estimate(The.Row(model), parsed);
        Assert.NotNull(estimate);
        return estimate;
    }
}
