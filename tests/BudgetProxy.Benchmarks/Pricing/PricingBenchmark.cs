using System.Diagnostics;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Benchmarks.Pricing;

/// <summary>
/// What the arithmetic of a call costs on one core: its quote, expected and worst, and the price of what it used. Beside each the same sums in
/// <see cref="decimal"/>, rounded line by line as we round, so that the ratio travels between machines. Prints a Markdown table.
/// </summary>
internal static class PricingBenchmark
{
    private const int Rounds = 8;
    private const int Calls = 100_000;
    private static long _sink;

    public static int Run()
    {
        PricingCase[] cases =
        [
            Case("gpt-4o-mini, plain", "gpt-4o-mini", Provider.OpenAi, new ProviderRequest { OutputLimit = 500 }, Usage.Inclusive(1_234, 0, 0, 0, 321)),
            Case("gpt-5.6-sol above 272k, cached, fast", "gpt-5.6-sol", Provider.OpenAi, new ProviderRequest { ServiceTier = ServiceTier.Fast }, Usage.Inclusive(300_000, 200_000, 50_000, 0, 4_000)),
            Case("claude-opus-5, both caches, searches, regional", "claude-opus-5", Provider.Anthropic,
                new ProviderRequest { OutputLimit = 4_000, CacheWrite = CacheWrite.Long, Regional = true, ServerToolCalls = 10 },
                Usage.Exclusive(1_000, 90_000, 2_000, 500, 800) with { ToolCalls = 3 }),
        ];
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var priced in cases)
            {
                var (quoted, allocated) = Measure(() => Quoted(priced));
                var (exact, _) = Measure(() => Decimal(priced));
                if (round > 0)
                    priced.Add(quoted, exact, allocated);
            }
        }

        Console.WriteLine("| a call's quote and its settlement's price | ns | ÷ the three prices alone in decimal | B a call |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var priced in cases)
            Console.WriteLine(priced.Row());
        return 0;
    }

    private static PricingCase Case(string name, string model, Provider provider, ProviderRequest request, Usage usage)
    {
        var rate = RateCard.Shipped.Find(provider, model, DateTimeOffset.Parse("2026-11-21T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture))
            ?? throw new InvalidOperationException($"There is no rate for {model}.");
        return new PricingCase(name, rate, request, new InputEstimate(usage.TotalInput, usage.TotalInput + 100, CountMethod.Calibrated), usage);
    }

    private static long Quoted(PricingCase priced)
    {
        priced.Quote.Take(priced.Rate, priced.Request, priced.Input, Expectation.Unknown);
        return priced.Quote.Worst.Value + priced.Rate.Price(priced.Usage, priced.Request.ServiceTier, priced.Request.Regional, Rounding.HalfEven).Value;
    }

    /// <summary>Expected, worst and actual, as one would write them down: no choice of the dearest class, no limits.</summary>
    private static long Decimal(PricingCase priced) =>
        Decimal(priced, priced.Quote.ExpectedUsage) + Decimal(priced, priced.Quote.WorstUsage) + Decimal(priced, priced.Usage);

    private static long Decimal(PricingCase priced, in Usage usage)
    {
        var list = priced.Rate.LongContext is { } tail && usage.TotalInput > tail.Threshold ? tail.Prices : priced.Rate.Tokens!;
        var prices = list.For(priced.Request.ServiceTier);
        var times = (priced.Request.Regional ? priced.Rate.RegionalPercent : 100) / 100m;
        return Line(usage.Input, prices.Input, times) + Line(usage.CachedInput, prices.Of(ChargeKind.CachedInput), times)
            + Line(usage.CacheWriteShort, prices.Of(ChargeKind.CacheWriteShort), times) + Line(usage.CacheWriteLong, prices.Of(ChargeKind.CacheWriteLong), times)
            + Line(usage.Output, prices.Output, times) + (usage.ToolCalls * priced.Rate.ToolCall);
    }

    private static long Line(long tokens, long price, decimal times) => (long)Math.Round(tokens * (price * times) / 1_000_000m, MidpointRounding.ToEven);

    private static (double Nanoseconds, long Allocated) Measure(Func<long> work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        for (var call = 0; call < Calls; call++)
            _sink += work();
        return (watch.Elapsed.TotalNanoseconds / Calls, (GC.GetAllocatedBytesForCurrentThread() - before) / Calls);
    }
}
