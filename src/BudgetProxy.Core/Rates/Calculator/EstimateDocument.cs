using System.Globalization;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>Estimates of one workload as JSON: what the admin API answers and the command line prints.</summary>
/// <param name="Card">Version of the rate card.</param>
/// <param name="At">The instant whose prices hold, RFC 3339.</param>
public sealed record EstimateDocument(string Card, string At, IReadOnlyList<ModelEstimateDocument> Models)
{
    /// <param name="estimates">By the names that were asked for.</param>
    public static EstimateDocument Of(RateCard card, DateTimeOffset at, IReadOnlyList<(string Name, CostEstimate Estimate)> estimates)
    {
        var document = new EstimateDocument(
            card.Version,
            at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            [.. estimates.Select(entry => ModelEstimateDocument.Of(entry.Name, entry.Estimate))]);
        return document.WithCheapest();
    }

    /// <summary>Marks the models that no other is cheaper than; none where there is only one.</summary>
    public EstimateDocument WithCheapest()
    {
        if (Models.Count < 2)
            return this;
        var least = Models.Min(model => Amount(model.TotalUsd));
        return this with { Models = [.. Models.Select(model => model with { Cheapest = Amount(model.TotalUsd) == least })] };
    }

    private static long Amount(string usd) => NanoUsd.TryParse(usd, out var amount) ? amount.Value : long.MaxValue;
}
