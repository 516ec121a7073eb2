using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Rates;

/// <summary>
/// The price of a call before it is made, expected and worst, with the rate that gave it. Worst is a bound: no usage that the request allows
/// settles above it. What an account's own settings add is in it where the request was told of them (a project's default tier, a workspace's region).
/// </summary>
public sealed class Quote
{
    /// <summary>
    /// Output tokens of one answer where neither caller nor row sets a limit, as for a model without a rate or of one's own: the most that the models on
    /// the shipped card give (2026-11), but for gpt-5-pro, whose row says so. Whoever serves a model that gives more adds a row, or has callers set a limit.
    /// </summary>
    public const long UnknownMaxOutput = 128_000;

    /// <summary>The row that priced it.</summary>
    public Rate Rate { get; private set; } = null!;

    /// <summary>The tier it is priced at: the one that the request names, else standard.</summary>
    public ServiceTier Tier { get; private set; }

    /// <summary>True when the regional surcharge is in it.</summary>
    public bool Regional { get; private set; }

    /// <summary>The count it rests on, cut to the model's window; where the model searches on its own, the bound is that window.</summary>
    public InputEstimate Input { get; private set; }

    /// <summary>Output tokens of one answer at most: the caller's limit, else the model's own, else <see cref="UnknownMaxOutput"/>; 0 for embeddings.</summary>
    public long OutputLimit { get; private set; }

    /// <summary>What it will probably use.</summary>
    public Usage ExpectedUsage { get; private set; }

    /// <summary>Tokens that it can't exceed: the input bound in the dearest class that may apply, and all choices at the output limit.</summary>
    public Usage WorstUsage { get; private set; }

    /// <summary>Price of <see cref="ExpectedUsage"/>, rounded up.</summary>
    public NanoUsd Expected { get; private set; }

    /// <summary>What is reserved, rounded up: the price of <see cref="WorstUsage"/>, or of a shorter input where that is dearer.</summary>
    public NanoUsd Worst { get; private set; }

    /// <summary>Prices a request that was read and counted.</summary>
    /// <exception cref="InvalidOperationException">The row has no token prices.</exception>
    public static Quote Of(Rate rate, ProviderRequest request, InputEstimate input, in Expectation expectation)
    {
        var quote = new Quote();
        quote.Take(rate, request, input, expectation);
        return quote;
    }

    /// <summary>The same in the place of what this quote was, so that a quote costs no memory of its own.</summary>
    /// <exception cref="InvalidOperationException">The row has no token prices.</exception>
    public void Take(Rate rate, ProviderRequest request, InputEstimate input, in Expectation expectation)
    {
        var limit = LimitOf(rate, request);
        input = Bounded(input, rate, request);
        var predicted = Math.Clamp(input.PredictionTokens, 0, Rate.MaxQuantity);
        Rate = rate;
        Tier = request.ServiceTier;
        Regional = request.Regional;
        Input = input;
        OutputLimit = limit;
        ExpectedUsage = ExpectedOf(request, input, limit, expectation);
        WorstUsage = WorstOf(rate, request, input.Bound, limit + predicted);
        Expected = PriceOf(ExpectedUsage, rate, request);
        Worst = NanoUsd.Max(PriceOf(WorstUsage, rate, request), PriceBelowThreshold(rate, request, input.Bound, limit + predicted));
    }

    /// <summary>The price of the same request at another output limit; what this quote says is not changed.</summary>
    /// <param name="request">As it was priced, but for its limit.</param>
    public Quote At(ProviderRequest request, in Expectation expectation) => Of(Rate, request, Input, expectation);

    private static NanoUsd PriceOf(in Usage usage, Rate rate, ProviderRequest request) =>
        rate.Price(usage, request.ServiceTier, request.Regional, Rounding.Up);

    /// <summary>
    /// A bound above a long-context threshold may still be a call below it, and that one can be dearer: gpt-5.5 has no fast tier above, so a long
    /// fast call is billed 10/45 and one just below 12.50/75.
    /// </summary>
    private static NanoUsd PriceBelowThreshold(Rate rate, ProviderRequest request, long bound, long outputLimit) =>
        rate.LongContext is { } tail && bound > tail.Threshold
            ? PriceOf(WorstOf(rate, request, tail.Threshold, outputLimit), rate, request)
            : NanoUsd.Zero;

    private static long LimitOf(Rate rate, ProviderRequest request)
    {
        if (!request.HasOutput)
            return 0;
        var max = rate.Profile.MaxOutput;
        if (max == 0 || request.LimitMayExceedModel)
            max = request.OutputLimit is null ? Math.Max(max, UnknownMaxOutput) : Rate.MaxQuantity;
        return Math.Clamp(request.OutputLimit ?? max, 0, max);
    }

    private static Usage ExpectedOf(ProviderRequest request, InputEstimate input, long limit, in Expectation expectation)
    {
        var usage = Usage.Inclusive(
            input.Tokens,
            expectation.CachedInput,
            expectation.CacheWriteShort,
            expectation.CacheWriteLong,
            Times(request.Choices, Math.Min(limit, expectation.Output)));
        return usage with { AudioInput = Math.Min(request.AudioTokens, usage.Input), AudioOutput = request.AudioOutput ? usage.Output : 0 };
    }

    private static Usage WorstOf(Rate rate, ProviderRequest request, long input, long outputLimit)
    {
        var prices = rate.PricesFor(input, request.ServiceTier);
        var output = Times(request.Choices, outputLimit);
        var kind = prices.DearestOutput;
        return AllOf(DearestInput(prices, rate, request), input) with
        {
            Output = output,
            AudioOutput = kind == ChargeKind.AudioOutput ? output : 0,
            ImageOutput = kind == ChargeKind.ImageOutput ? output : 0,
            ToolCalls = Math.Max(request.ServerToolCalls, 0),
            FileSearches = Math.Max(request.FileSearches, 0),
            CodeSessions = Math.Max(request.CodeSessions, 0),
        };
    }

    /// <summary>
    /// The count cut to the model's window (the provider refuses more, unbilled), unless server tools feed it again and again. A model with a fee for
    /// each request searches each time, and nothing in the body bounds what it finds: only the window does.
    /// </summary>
    private static InputEstimate Bounded(InputEstimate input, Rate rate, ProviderRequest request)
    {
        if (rate.RequestFee > 0)
            input = input with { Bound = Math.Max(input.Bound, InputEstimator.LargestInput), Method = CountMethod.Bound };
        var window = rate.Profile.MaxInput;
        var most = window > 0 && !request.HasServerTools ? window * request.Prompts : Rate.MaxQuantity;
        return input with { Tokens = Math.Clamp(input.Tokens, 0, most), Bound = Math.Clamp(input.Bound, 0, most) };
    }

    private static ChargeKind DearestInput(TokenPrices prices, Rate rate, ProviderRequest request)
    {
        var dearest = ChargeKind.Input;
        for (var kind = ChargeKind.Input; kind < ChargeKind.Output; kind++)
        {
            if (MayApply(kind, rate, request) && prices.Of(kind) > prices.Of(dearest))
                dearest = kind;
        }

        return dearest;
    }

    /// <summary>Server tools count as a short write: Anthropic caches their results by itself (prompt-caching page, 2026-08).</summary>
    private static bool MayApply(ChargeKind kind, Rate rate, ProviderRequest request) => kind switch
    {
        ChargeKind.CacheWriteShort => request.CacheWrite != CacheWrite.None || request.HasServerTools
            || (rate.AutoCacheWrite && !request.CacheWriteOff),
        ChargeKind.CacheWriteLong => request.CacheWrite == CacheWrite.Long,
        _ => true,
    };

    private static Usage AllOf(ChargeKind kind, long tokens) => kind switch
    {
        ChargeKind.CachedInput => new Usage { CachedInput = tokens },
        ChargeKind.CacheWriteShort => new Usage { CacheWriteShort = tokens },
        ChargeKind.CacheWriteLong => new Usage { CacheWriteLong = tokens },
        ChargeKind.AudioInput => new Usage { Input = tokens, AudioInput = tokens },
        ChargeKind.ImageInput => new Usage { Input = tokens, ImageInput = tokens },
        _ => new Usage { Input = tokens },
    };

    private static long Times(int choices, long tokens) => (long)Int128.Min((Int128)Math.Max(choices, 1) * tokens, Rate.MaxQuantity);
}
