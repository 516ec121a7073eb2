using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Core.Tests.Rates;

public sealed class PriceProperties
{
    private static readonly Rate[] Priced = [.. RateCard.Shipped.Rates.Where(rate => rate.Tokens is not null)];

    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(20_000);

    [Fact]
    public void Nothing_that_a_request_allows_settles_above_its_quote() => Check(
        from rate in Gen.Elements(Priced)
        from request in Requests
        from bound in Counts
        from seed in Gen.Choose(0, int.MaxValue)
        select (rate, request, bound, seed),
        given =>
        {
            var quote = Quote.Of(given.rate, given.request, new InputEstimate(given.bound / 2, given.bound, CountMethod.Bound), Expectation.Unknown);
            var actual = Allowed(given.rate, given.request, quote, new Random(given.seed));
            var billed = new Random(given.seed).Next(2) == 0 ? quote.Tier : Downgraded(quote.Tier);
            var cost = given.rate.Price(actual, billed, given.request.Regional, Rounding.HalfEven);
            return cost <= quote.Worst && quote.Expected <= quote.Worst && quote.Expected >= NanoUsd.Zero;
        });

    [Fact]
    public void Presumed_usage_settles_within_what_was_reserved() => Check(
        from rate in Gen.Elements(Priced) from request in Requests from bound in Counts select (rate, request, bound),
        given =>
        {
            var quote = Quote.Of(given.rate, given.request, new InputEstimate(given.bound, given.bound, CountMethod.Bound), Expectation.Unknown);
            return given.rate.Price(quote.WorstUsage, quote.Tier, quote.Regional, Rounding.HalfEven) <= quote.Worst;
        });

    [Fact]
    public void Rounding_up_is_never_less_and_hardly_more() => Check(
        from rate in Gen.Elements(Priced) from usage in Usages from tier in Tiers from regional in Gen.Elements(true, false)
        select (rate, usage, tier, regional),
        given =>
        {
            var (rate, usage, tier, regional) = given;
            var up = rate.Price(usage, tier, regional, Rounding.Up);
            var even = rate.Price(usage, tier, regional, Rounding.HalfEven);
            return even <= up && up.Value - even.Value <= 5;
        });

    [Fact]
    public void The_lines_sum_to_the_price_and_none_is_negative() => Check(
        from rate in Gen.Elements(Priced) from usage in Usages from media in Media from tier in Tiers from regional in Gen.Elements(true, false)
        select (rate, usage: With(usage, media), tier, regional),
        given =>
        {
            var (rate, usage, tier, regional) = given;
            var sum = 0L;
            for (var kind = ChargeKind.Input; kind <= ChargeKind.Request; kind++)
            {
                var line = rate.PriceOf(kind, usage, tier, regional, Rounding.HalfEven).Value;
                if (line < 0)
                    return false;
                sum += line;
            }

            return sum == rate.Price(usage, tier, regional, Rounding.HalfEven).Value;
        });

    [Fact]
    public void More_tokens_never_cost_less() => Check(
        from rate in Gen.Elements(Priced) from usage in Usages from more in Gen.Choose(1, 1_000_000)
        select (rate, usage, more),
        given =>
        {
            var (rate, usage, more) = given;
            var before = Standard(rate, usage);
            return Standard(rate, usage with { Output = usage.Output + more }) >= before
                && Standard(rate, usage with { Input = usage.Input + more }) >= before;
        });

    [Fact]
    public void Agrees_with_decimal_arithmetic() => Check(
        from rate in Gen.Elements(Priced) from usage in Usages from tier in Tiers select (rate, usage, tier),
        given =>
        {
            var (rate, usage, tier) = given;
            var list = rate.LongContext is { } tail && usage.TotalInput > tail.Threshold ? tail.Prices : rate.Tokens!;
            var prices = list.For(tier);
            var exact = ((decimal)usage.Input * prices.Input) + ((decimal)usage.CachedInput * (prices.CachedInput ?? prices.Input))
                + ((decimal)usage.CacheWriteShort * (prices.CacheWriteShort ?? prices.Input))
                + ((decimal)usage.CacheWriteLong * (prices.CacheWriteLong ?? prices.CacheWriteShort ?? prices.Input))
                + ((decimal)usage.Output * prices.Output);
            var cost = rate.Price(usage, tier, false, Rounding.HalfEven);
            return Math.Abs(cost.Value - rate.RequestFee - (exact / 1_000_000m)) <= 2.5m;
        });

    [Fact]
    public void No_usage_however_odd_overflows_or_goes_negative() => Check(
        from rate in Gen.Elements(Priced)
        from numbers in Gen.ArrayOf(Gen.Elements(long.MinValue, -1L, 0L, 1L, long.MaxValue / 3, long.MaxValue), 13)
        from tier in Tiers
        select (rate, numbers, tier),
        given =>
        {
            var n = given.numbers;
            var usage = new Usage
            {
                Input = n[0], CachedInput = n[1], CacheWriteShort = n[2], CacheWriteLong = n[3], Output = n[4],
                Reasoning = n[5], AudioInput = n[6], AudioOutput = n[7], ImageInput = n[8], ToolCalls = n[9],
                ImageOutput = n[10], FileSearches = n[11], CodeSessions = n[12],
            };
            var cost = given.rate.Price(usage, given.tier, true, Rounding.Up);
            return cost >= NanoUsd.Zero && cost <= NanoUsd.Ceiling;
        });

    private static NanoUsd Standard(Rate rate, Usage usage) => rate.Price(usage, ServiceTier.Standard, regional: false, Rounding.HalfEven);

    private static Gen<long> Counts => Gen.Frequency(
        (3, Gen.Choose(0, 5_000).Select(count => (long)count)),
        (3, Gen.Choose(0, 2_000_000).Select(count => (long)count)),
        (1, Gen.Elements(0L, 1L, 100_000L, 100_001L, 200_001L, 272_000L, 272_001L, 300_000L)));

    private static Gen<ServiceTier> Tiers => Gen.Elements(Enum.GetValues<ServiceTier>());

    private static Gen<Usage> Usages =>
        from input in Counts from cached in Counts from brief in Counts from extended in Counts from output in Counts
        select new Usage { Input = input, CachedInput = cached, CacheWriteShort = brief, CacheWriteLong = extended, Output = output };

    private static Gen<ProviderRequest> Requests =>
        from tier in Tiers from limit in Counts from limited in Gen.Elements(true, false) from choices in Gen.Choose(1, 8)
        from write in Gen.Elements(Enum.GetValues<CacheWrite>()) from off in Gen.Elements(true, false) from regional in Gen.Elements(true, false)
        from searches in Gen.Elements(0, 0, 3) from files in Gen.Elements(0, 0, 2) from code in Gen.Elements(0, 0, 1)
        select new ProviderRequest
        {
            ServiceTier = tier, OutputLimit = limited ? limit : null, Choices = choices, CacheWrite = write,
            CacheWriteOff = off && write == CacheWrite.None, Regional = regional, ServerToolCalls = searches,
            FileSearches = files, CodeSessions = code,
        };

    private static Gen<int[]> Media => Gen.ArrayOf(Gen.Choose(0, 100), 7);

    /// <summary>Some of a usage in other classes, by percent; and calls of tools.</summary>
    private static Usage With(Usage usage, int[] media) => usage with
    {
        AudioInput = usage.Input * media[0] / 200, ImageInput = usage.Input * media[1] / 200,
        AudioOutput = usage.Output * media[2] / 200, ImageOutput = usage.Output * media[3] / 200,
        ToolCalls = media[4], FileSearches = media[5], CodeSessions = media[6],
    };

    private static ServiceTier Downgraded(ServiceTier tier) => tier == ServiceTier.Fast ? ServiceTier.Standard : tier;

    /// <summary>A usage that keeps within what the request and the model allow, often at the very limit.</summary>
    private static Usage Allowed(Rate rate, ProviderRequest request, Quote quote, Random random)
    {
        var left = rate.RequestFee > 0 && !request.HasServerTools ? rate.Profile.MaxInput : quote.Input.Bound;
        var writes = request.CacheWrite != CacheWrite.None || request.HasServerTools || (rate.AutoCacheWrite && !request.CacheWriteOff);
        var extended = request.CacheWrite == CacheWrite.Long ? Part(ref left, random) : 0;
        var brief = writes ? Part(ref left, random) : 0;
        var cached = Part(ref left, random);
        var input = random.Next(3) == 0 ? Part(ref left, random) : left;
        var output = request.Choices * quote.OutputLimit;
        output = random.Next(2) == 0 ? output : random.NextInt64(output + 1);
        var audio = rate.Tokens!.Standard.AudioInput is null ? 0 : random.NextInt64(input + 1);
        return new Usage
        {
            Input = input, CachedInput = cached, CacheWriteShort = brief, CacheWriteLong = extended, Output = output, AudioInput = audio,
            AudioOutput = rate.Tokens.Standard.AudioOutput is null ? 0 : random.NextInt64(output + 1),
            ImageOutput = rate.Tokens.Standard.ImageOutput is null ? 0 : random.NextInt64(output + 1),
            ToolCalls = random.Next(request.ServerToolCalls + 1),
            FileSearches = random.Next(request.FileSearches + 1),
            CodeSessions = random.Next(request.CodeSessions + 1),
        };
    }

    private static long Part(ref long left, Random random)
    {
        var part = random.NextInt64(left + 1);
        left -= part;
        return part;
    }

    private static void Check<T>(Gen<T> given, Func<T, bool> holds) => Prop.ForAll(Arb.From(given), holds).Check(Runs);
}
