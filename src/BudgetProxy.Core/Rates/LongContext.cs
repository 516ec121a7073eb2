namespace BudgetProxy.Core.Rates;

/// <summary>The prices of the whole request, first token to last, once its input passes a threshold.</summary>
/// <param name="Threshold">Input tokens, cached and written ones included, up to which the ordinary prices hold.</param>
public sealed record LongContext(long Threshold, PriceList Prices);
