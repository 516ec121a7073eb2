using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates.Calculator;

namespace BudgetProxy.Cli.Estimates;

/// <summary>One model's estimate by the columns that people compare; null = nothing of the kind.</summary>
internal sealed record CostColumns(NanoUsd? Input, NanoUsd? Cached, NanoUsd? Writes, NanoUsd? Output, NanoUsd? Tools)
{
    public static CostColumns Of(ModelEstimateDocument model)
    {
        return new CostColumns(
            Sum("input", "audioInput", "imageInput"), Sum("cachedInput"), Sum("cacheWriteShort", "cacheWriteLong"),
            Sum("output", "audioOutput", "imageOutput"), Fees());

        NanoUsd? Sum(params string[] charges) => SumOf(model.Lines.Where(line => charges.Contains(line.Charge)));

        // Whatever is billed by the call or the request, and not by tokens.
        NanoUsd? Fees() => SumOf(model.Lines.Where(line => line.Unit != "million tokens"));
    }

    /// <summary>An amount as the documents write it.</summary>
    public static NanoUsd? Amount(string? usd) => NanoUsd.TryParse(usd, out var amount) ? amount : null;

    private static NanoUsd? SumOf(IEnumerable<CostLineDocument> lines)
    {
        NanoUsd? sum = null;
        foreach (var line in lines)
            sum = (sum ?? NanoUsd.Zero) + (Amount(line.Usd) ?? NanoUsd.Zero);
        return sum;
    }
}
