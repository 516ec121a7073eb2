namespace BudgetProxy.Core.Rates;

/// <summary>What a row's figures may be: within these bounds no price can overflow or come out negative.</summary>
internal static class RateLimits
{
    /// <summary>Nano-dollars per million tokens: about a million USD.</summary>
    private const long MaxPerMillion = 1L << 50;

    /// <summary>Nano-dollars of one fee: about 1,100 USD.</summary>
    private const long MaxFee = 1L << 40;

    private const int MaxPercent = 1_000;

    /// <summary>What is wrong with a row; null = nothing.</summary>
    public static string? Problem(Rate rate)
    {
        if (rate.Model.Length == 0)
            return "the model's id is empty.";
        if (rate.EffectiveFrom == default)
            return "the first day is missing.";
        if (rate.RegionalPercent is < 100 or > MaxPercent)
            return "the regional multiplier is not between 1 and 10.";
        if (!IsFee(rate.ToolCall) || !IsFee(rate.FileSearch) || !IsFee(rate.CodeSession) || !IsFee(rate.RequestFee))
            return "a fee is negative or above 1,000 USD.";
        if (rate.LongContext is { Threshold: <= 0 })
            return "the long-context threshold is not above 0.";
        return Holds(rate.Tokens) && Holds(rate.LongContext?.Prices) ? null : "a price is negative or above 1,000,000 USD per million tokens.";
    }

    private static bool IsFee(long fee) => fee is >= 0 and <= MaxFee;

    private static bool Holds(PriceList? list) => list is null || (Holds(list.Standard) && Holds(list.Batch) && Holds(list.Flex) && Holds(list.Fast));

    private static bool Holds(TokenPrices? prices)
    {
        for (var kind = ChargeKind.Input; prices is not null && kind <= ChargeKind.ImageOutput; kind++)
        {
            if (prices.Of(kind) is < 0 or > MaxPerMillion)
                return false;
        }

        return true;
    }
}
