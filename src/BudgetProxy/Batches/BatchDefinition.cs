using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Batches;

/// <summary>What is fixed about a batch once it is reserved.</summary>
public sealed record BatchDefinition
{
    public required Provider Provider { get; init; }

    public required Caller Caller { get; init; }

    public required int LineCount { get; init; }

    public required NanoUsd Reserved { get; init; }

    public required int MarkupBasisPoints { get; init; }

    /// <summary>The instant whose rates it was priced at.</summary>
    public required DateTimeOffset PricedAt { get; init; }

    /// <summary>By model: id of the rate row that priced it. A model that is not here was unpriced.</summary>
    public required IReadOnlyDictionary<string, string> Rates { get; init; }

    /// <summary>OpenAI: the input file; null at Anthropic.</summary>
    public string? InputFile { get; init; }

    /// <summary>What each hold of the reservation counts, in the reservation's order.</summary>
    public required IReadOnlyList<LimitKind> Holds { get; init; }

    /// <summary>Where a hold that the lines number by the order in which they met it stands in <see cref="Holds"/>.</summary>
    public required IReadOnlyList<int> Places { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, BatchJson.Default.BatchDefinition);

    /// <exception cref="JsonException">It was not written by <see cref="ToJson"/>.</exception>
    public static BatchDefinition Parse(string json) => JsonSerializer.Deserialize(json, BatchJson.Default.BatchDefinition)!;
}
