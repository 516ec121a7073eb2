using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;

namespace BudgetProxy.Admin;

/// <summary>
/// Prices of a million tokens in USD by class. A class that is null has no price of its own and is billed as the nearest that has:
/// <see cref="TokenPrices"/> says which.
/// </summary>
public sealed record PriceDocument(
    string Input, string? CachedInput, string? CacheWriteShort, string? CacheWriteLong, string Output, string? AudioInput, string? AudioOutput,
    string? ImageInput, string? ImageOutput)
{
    public static PriceDocument Of(TokenPrices prices) => new(
        Usd(prices.Input)!, Usd(prices.CachedInput), Usd(prices.CacheWriteShort), Usd(prices.CacheWriteLong),
        Usd(prices.Output)!, Usd(prices.AudioInput), Usd(prices.AudioOutput), Usd(prices.ImageInput),
        Usd(prices.ImageOutput));

    /// <summary>Reads what <see cref="Of"/> writes; null where a figure is missing or wrong, and the errors say which.</summary>
    internal static TokenPrices? Read(FieldReader fields)
    {
        var input = fields.Price("input");
        var output = fields.Price("output");
        var prices = new TokenPrices
        {
            Input = input ?? 0,
            Output = output ?? 0,
            CachedInput = fields.Price("cachedInput"),
            CacheWriteShort = fields.Price("cacheWriteShort"),
            CacheWriteLong = fields.Price("cacheWriteLong"),
            AudioInput = fields.Price("audioInput"),
            AudioOutput = fields.Price("audioOutput"),
            ImageInput = fields.Price("imageInput"),
            ImageOutput = fields.Price("imageOutput"),
        };
        fields.RefuseUnknown();
        foreach (var (name, price) in new[] { ("input", input), ("output", output) })
        {
            if (price is null && !fields.Has(name))
                fields.Fail(name, "Is required; \"0\" where it is free.");
        }

        return input is null || output is null ? null : prices;
    }

    private static string? Usd(long? nanos) => nanos is { } price ? new NanoUsd(price).ToBalance() : null;
}
