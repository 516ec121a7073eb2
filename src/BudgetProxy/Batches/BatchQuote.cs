using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Batches;

/// <summary>The price of a whole batch before it is made.</summary>
public sealed record BatchQuote
{
    public required int LineCount { get; init; }

    public required ProviderApi Api { get; init; }

    /// <summary>The model that the most is reserved for.</summary>
    public required string Model { get; init; }

    /// <summary>By model: id of its rate row; a model that is not here is unpriced.</summary>
    public required IReadOnlyDictionary<string, string> Rates { get; init; }

    /// <summary>The instant whose rates hold for it.</summary>
    public required DateTimeOffset PricedAt { get; init; }

    /// <summary>True where every line has the regional surcharge in it.</summary>
    public required bool Regional { get; init; }

    /// <summary>What the lines probably cost, each rounded up.</summary>
    public required NanoUsd Expected { get; init; }

    /// <summary>What is reserved: the worst of each line.</summary>
    public required NanoUsd Worst { get; init; }

    public required Usage WorstUsage { get; init; }

    /// <summary>Best guess of all input, in tokens.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Every budget's share, of each value that it is counted by, in the tenant's order.</summary>
    public required IReadOnlyList<Hold> Holds { get; init; }

    /// <summary><see cref="BatchDefinition.Places"/>.</summary>
    public required IReadOnlyList<int> Places { get; init; }
}
