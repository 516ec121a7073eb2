using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;

namespace BudgetProxy.Admin;

/// <summary>Prices of a million tokens in USD by class; a class without a price of its own shows the one it is billed at.</summary>
public sealed record PriceDocument(
    string Input, string CachedInput, string CacheWriteShort, string CacheWriteLong, string Output, string AudioInput, string AudioOutput,
    string ImageInput)
{
    public static PriceDocument Of(TokenPrices prices)
    {
        return new PriceDocument(
            Usd(ChargeKind.Input), Usd(ChargeKind.CachedInput), Usd(ChargeKind.CacheWriteShort), Usd(ChargeKind.CacheWriteLong),
            Usd(ChargeKind.Output), Usd(ChargeKind.AudioInput), Usd(ChargeKind.AudioOutput), Usd(ChargeKind.ImageInput));

        string Usd(ChargeKind kind) => new NanoUsd(prices.Of(kind)).ToBalance();
    }
}
