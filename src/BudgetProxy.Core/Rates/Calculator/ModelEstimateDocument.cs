using BudgetProxy.Core.Money;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>What the workload costs on one model; amounts are USD with nine decimals.</summary>
public sealed record ModelEstimateDocument
{
    /// <summary>As it was asked for.</summary>
    public required string Model { get; init; }

    /// <summary>The row that priced it: <c>openai/gpt-4o-mini@2024-07-18</c>.</summary>
    public required string Rate { get; init; }

    public required string Tier { get; init; }

    public required long Requests { get; init; }

    /// <summary>Requests that write the prefix to the cache.</summary>
    public required long CacheWrites { get; init; }

    public required IReadOnlyList<CostLineDocument> Lines { get; init; }

    public required string TotalUsd { get; init; }

    /// <summary>The total by the requests, rounded half-even.</summary>
    public required string PerRequestUsd { get; init; }

    public string? WithoutCacheUsd { get; init; }

    public string? AtStandardUsd { get; init; }

    public string? AtBatchUsd { get; init; }

    /// <summary>True where no other model that was asked for is cheaper.</summary>
    public bool Cheapest { get; init; }

    /// <summary>True where the input was counted by a tokenizer that only stands in for the model's own.</summary>
    public bool Approximate { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    public static ModelEstimateDocument Of(string name, CostEstimate estimate)
    {
        var requests = estimate.Workload.Requests;
        NanoUsd.TryFromRatio(estimate.Total.Value, requests, Rounding.HalfEven, out var perRequest);
        return new ModelEstimateDocument
        {
            Model = name,
            Rate = estimate.Rate.Id,
            Tier = estimate.Workload.Tier.ToString().ToLowerInvariant(),
            Requests = requests,
            CacheWrites = estimate.CacheWrites,
            Lines = [.. estimate.Lines.Select(CostLineDocument.Of)],
            TotalUsd = estimate.Total.ToString(),
            PerRequestUsd = perRequest.ToString(),
            WithoutCacheUsd = estimate.WithoutCache?.ToString(),
            AtStandardUsd = estimate.AtStandard?.ToString(),
            AtBatchUsd = estimate.AtBatch?.ToString(),
            Notes = estimate.Notes,
        };
    }
}
