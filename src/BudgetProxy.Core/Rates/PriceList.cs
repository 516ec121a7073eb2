using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Rates;

/// <summary>A model's prices by service tier.</summary>
public sealed record PriceList
{
    public required TokenPrices Standard { get; init; }

    public TokenPrices? Batch { get; init; }

    public TokenPrices? Flex { get; init; }

    public TokenPrices? Fast { get; init; }

    /// <summary>All of these prices × <paramref name="basisPoints"/> / 10,000, each rounded half-even.</summary>
    public PriceList Scaled(int basisPoints) => new()
    {
        Standard = Standard.Scaled(basisPoints),
        Batch = Batch?.Scaled(basisPoints),
        Flex = Flex?.Scaled(basisPoints),
        Fast = Fast?.Scaled(basisPoints),
    };

    /// <summary>
    /// The prices of a tier; of a tier that is not offered, the standard ones: a provider that can't serve a tier serves the call at the
    /// standard one and bills that (OpenAI pricing page and Anthropic fast-mode page, 2026-08).
    /// </summary>
    public TokenPrices For(ServiceTier tier) => tier switch
    {
        ServiceTier.Batch => Batch ?? Standard,
        ServiceTier.Flex => Flex ?? Standard,
        ServiceTier.Fast => Fast ?? Standard,
        _ => Standard,
    };
}
