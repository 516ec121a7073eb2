using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Rates;

namespace BudgetProxy.Admin;

/// <summary>A rate row. What it says can be put again, under a later <paramref name="EffectiveFrom"/>.</summary>
/// <param name="Id">As ledger entries name it: <c>openai/gpt-4o-mini@2024-07-18</c>.</param>
/// <param name="Tenant">Whose calls alone it prices; null = everybody's.</param>
/// <param name="Aliases">Other ids that mean this very model.</param>
/// <param name="UsdPerMillion">Prices of a million tokens by tier and class.</param>
/// <param name="LongContextThreshold">Input tokens above which <paramref name="LongContextUsdPerMillion"/> holds for the whole request.</param>
/// <param name="RegionalMultiplier">On all token prices when a call is tied to a region.</param>
/// <param name="ToolCallUsd">Fee of one web search on the provider's side.</param>
/// <param name="FileSearchUsd">Fee of one file search there.</param>
/// <param name="CodeSessionUsd">Fee of one session of code there.</param>
/// <param name="RequestUsd">Fee of the request itself.</param>
/// <param name="AutoCacheWrite">True where the provider writes its cache, and charges for it, without being asked.</param>
/// <param name="MatchesFineTunes">True where fine-tunes of the model are billed by this row.</param>
/// <param name="OfList">Set where the row is a share of the list price.</param>
/// <param name="Sources">Where the figures were read.</param>
/// <param name="Confidence">How good that evidence is.</param>
/// <param name="Origin"><c>shipped</c> with the product, or <c>added</c>.</param>
/// <param name="AddedBy">Public id of the admin key that added it.</param>
/// <param name="Note">Set in the answer to a PUT that there is something to know about.</param>
public sealed record RateDocument(
    string Id, string Provider, string Model, string? Tenant, string EffectiveFrom, IReadOnlyList<string> Aliases,
    IReadOnlyDictionary<string, PriceDocument> UsdPerMillion, long? LongContextThreshold,
    IReadOnlyDictionary<string, PriceDocument>? LongContextUsdPerMillion, decimal RegionalMultiplier, string ToolCallUsd, string FileSearchUsd,
    string CodeSessionUsd, string RequestUsd,
    bool AutoCacheWrite, bool MatchesFineTunes, string? Mode, ProfileDocument Profile, ListShareDocument? OfList, IReadOnlyList<string> Sources,
    string? Confidence, string? Notes, string Origin, string? AddedBy, string? AddedAt, string? Note)
{
    public static RateDocument Of(RateRow row, string? note = null)
    {
        var rate = row.Rate;
        return new RateDocument(
            rate.Id, rate.Provider.Name(), rate.Model, rate.Tenant, Names.Of(rate.EffectiveFrom), rate.Aliases,
            Tiers(rate.Tokens), rate.LongContext?.Threshold, rate.LongContext is { } tail ? Tiers(tail.Prices) : null, rate.RegionalPercent / 100m,
            new NanoUsd(rate.ToolCall).ToBalance(), new NanoUsd(rate.FileSearch).ToBalance(), new NanoUsd(rate.CodeSession).ToBalance(),
            new NanoUsd(rate.RequestFee).ToBalance(), rate.AutoCacheWrite, rate.MatchesFineTunes, rate.Mode,
            ProfileDocument.Of(rate.Profile), rate.ListBasisPoints is { } share ? new ListShareDocument(share / 100m, rate.List!) : null, rate.Sources,
            rate.Confidence, rate.Notes, row.Shipped ? "shipped" : "added", row.AddedBy, row.AddedAt is { } at ? Names.Of(at) : null, note);
    }

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
