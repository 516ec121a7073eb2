using System.Numerics;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Rates.Calculator;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Core.Tests.Rates.Calculator;

public sealed class CalculatorProperties
{
    private static readonly Rate[] Priced = [.. RateCard.Shipped.Rates.Where(rate => rate.Tokens is not null)];

    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(10_000);

    [Fact]
    public void A_single_request_costs_what_settling_it_would() => Check(Workloads, given =>
    {
        var (rate, workload) = (given.Rate, given.Workload with { Inputs = [given.Workload.Inputs[0] with { Requests = 1 }] });
        var fresh = workload.Inputs[0].Tokens;
        var usage = new Usage { Input = workload.CachedPrefixTokens + fresh, Output = workload.OutputTokens, ToolCalls = workload.ToolCalls };
        var settled = rate.Price(usage, workload.Tier, workload.Regional, Rounding.HalfEven);
        return settled == NanoUsd.Ceiling || CostCalculator.Estimate(rate, workload with { Cache = CacheWrite.None })!.Total == settled;
    });

    [Fact]
    public void Identical_requests_cost_their_exact_price_times_their_number_to_a_nano_dollar_a_line() => Check(Workloads, given =>
    {
        var (rate, workload) = (given.Rate, given.Workload with { Cache = CacheWrite.None });
        var estimate = CostCalculator.Estimate(rate, workload)!;
        var parts = BigInteger.Zero;
        foreach (var group in workload.Inputs)
        {
            // By hand from the row, in hundred-millionths of a nano-dollar.
            var input = workload.CachedPrefixTokens + group.Tokens;
            var list = rate.LongContext is { } tail && input > tail.Threshold ? tail.Prices : rate.Tokens!;
            var prices = list.For(workload.Tier);
            var tokens = ((BigInteger)input * prices.Input) + ((BigInteger)workload.OutputTokens * prices.Output);
            var fees = ((BigInteger)workload.ToolCalls * rate.ToolCall) + rate.RequestFee;
            parts += group.Requests * ((tokens * (workload.Regional ? rate.RegionalPercent : 100)) + (fees * 100_000_000));
        }

        return BigInteger.Abs(((BigInteger)estimate.Total.Value * 100_000_000) - parts) <= (BigInteger)estimate.Lines.Count * 100_000_000;
    });

    [Fact]
    public void Groups_add_up() => Check(Workloads, given =>
    {
        var (rate, workload) = (given.Rate, given.Workload with { Cache = CacheWrite.None });
        var whole = CostCalculator.Estimate(rate, workload)!;
        var parts = workload.Inputs.Select(group => CostCalculator.Estimate(rate, workload with { Inputs = [group] })!).ToList();
        var lines = parts.Sum(part => part.Lines.Count) + whole.Lines.Count;
        return Math.Abs(whole.Total.Value - parts.Sum(part => part.Total.Value)) <= lines;
    });

    [Fact]
    public void More_never_costs_less() => Check(
        from given in Workloads from more in Gen.Choose(1, 100_000) select (given.Rate, Workload: given.Workload with { Tier = ServiceTier.Standard }, more),
        given =>
        {
            var (rate, workload, more) = given;
            var total = CostCalculator.Estimate(rate, workload)!.Total;
            var first = workload.Inputs[0];
            Workload[] larger =
            [
                workload with { OutputTokens = workload.OutputTokens + more },
                workload with { ToolCalls = workload.ToolCalls + 1 },
                workload with { CachedPrefixTokens = workload.CachedPrefixTokens + more },
                workload with { Inputs = [first with { Tokens = first.Tokens + more }, .. workload.Inputs.Skip(1)] },
                workload with { Inputs = [.. workload.Inputs, new InputGroup(more, 0)] },
            ];
            return larger.All(one => CostCalculator.Estimate(rate, one)!.Total >= total);
        });

    /// <summary>With a cached prefix it is not so: OpenAI's models before GPT-5 read no cache in a batch.</summary>
    [Fact]
    public void A_batch_never_costs_more_than_the_same_calls() => Check(Workloads, given =>
    {
        var estimate = CostCalculator.Estimate(given.Rate, given.Workload with { CachedPrefixTokens = 0, Tier = ServiceTier.Batch })!;
        return estimate.Total <= estimate.AtStandard!.Value;
    });

    [Fact]
    public void A_warm_cache_costs_no_more_than_a_cold_one() => Check(Workloads, given =>
    {
        var (rate, workload) = given;
        var warm = CostCalculator.Estimate(rate, workload with { RequestsPerWrite = null })!;
        var cold = CostCalculator.Estimate(rate, workload with { RequestsPerWrite = 1 })!;
        var caches = workload is { Cache: not CacheWrite.None, CachedPrefixTokens: > 0 } && rate.Tokens!.For(workload.Tier).CachedInput is not null;
        return warm.Total <= cold.Total && cold.CacheWrites == (caches ? workload.Requests : 0) && warm.CacheWrites == (caches ? 1 : 0);
    });

    private static Gen<long> Tokens => Gen.Frequency(
        (3, Gen.Choose(0, 5_000).Select(count => (long)count)),
        (1, Gen.Choose(0, 2_000_000).Select(count => (long)count)),
        (1, Gen.Elements(0L, 1L, 1023L, 1024L, 100_001L, 200_001L, 272_000L, 272_001L)));

    private static Gen<(Rate Rate, Workload Workload)> Workloads =>
        from rate in Gen.Elements(Priced)
        from groups in Gen.Choose(1, 3)
        from counts in Gen.ArrayOf(Gen.Frequency((1, Gen.Choose(1, 10)), (1, Gen.Choose(1, 3_000_000))), groups)
        from inputs in Gen.ArrayOf(Tokens, groups)
        from output in Tokens from prefix in Gen.OneOf(Gen.Constant(0L), Tokens) from tools in Gen.Choose(0, 3)
        from cache in Gen.Elements(Enum.GetValues<CacheWrite>()) from tier in Gen.Elements(Enum.GetValues<ServiceTier>())
        from regional in Gen.Elements(true, false) from share in Gen.Choose(0, 100)
        select (rate, new Workload
        {
            Inputs = [.. counts.Zip(inputs, (count, tokens) => new InputGroup(count, tokens))],
            OutputTokens = output, CachedPrefixTokens = prefix, ToolCalls = tools, Cache = cache, Tier = tier, Regional = regional,
            RequestsPerWrite = share == 0 ? null : share,
        });

    private static void Check<T>(Gen<T> gen, Func<T, bool> holds) => Prop.ForAll(gen.ToArbitrary(), holds).Check(Runs);
}
