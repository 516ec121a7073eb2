using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Admin;

/// <summary>A rate row in force.</summary>
/// <param name="Id">As ledger entries name it: <c>openai/gpt-4o-mini@2024-07-18</c>.</param>
/// <param name="Aliases">Other ids that mean this very model.</param>
/// <param name="UsdPerMillion">Prices of a million tokens by tier and class.</param>
/// <param name="LongContextThreshold">Input tokens above which <paramref name="LongContextUsdPerMillion"/> holds for the whole request.</param>
/// <param name="ToolCallUsd">Fee of one call of a server-side tool.</param>
/// <param name="RequestUsd">Fee of the request itself.</param>
public sealed record RateDocument(
    string Id, string Provider, string Model, string EffectiveFrom, IReadOnlyList<string> Aliases,
    IReadOnlyDictionary<string, PriceDocument> UsdPerMillion, long? LongContextThreshold,
    IReadOnlyDictionary<string, PriceDocument>? LongContextUsdPerMillion, string ToolCallUsd, string RequestUsd, IReadOnlyList<string> Sources)
{
    public static RateDocument Of(Rate rate) => new(
        rate.Id, rate.Provider.Name(), rate.Model, Names.Of(rate.EffectiveFrom), rate.Aliases,
        Tiers(rate.Tokens), rate.LongContext?.Threshold, rate.LongContext is { } tail ? Tiers(tail.Prices) : null,
        new NanoUsd(rate.ToolCall).ToBalance(), new NanoUsd(rate.RequestFee).ToBalance(), rate.Sources);

    private static Dictionary<string, PriceDocument> Tiers(PriceList? list)
    {
        var tiers = new Dictionary<string, PriceDocument>(StringComparer.Ordinal);
        Add(ServiceTier.Standard, list?.Standard);
        Add(ServiceTier.Batch, list?.Batch);
        Add(ServiceTier.Flex, list?.Flex);
        Add(ServiceTier.Fast, list?.Fast);
        return tiers;

        void Add(ServiceTier tier, TokenPrices? prices)
        {
            if (prices is not null)
                tiers[Names.Of(tier)] = PriceDocument.Of(prices);
        }
    }
}
