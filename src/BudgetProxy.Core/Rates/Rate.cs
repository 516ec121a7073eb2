using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Rates;

/// <summary>Prices of one model from a date. Immutable: a change of price is a new row that follows.</summary>
public sealed class Rate
{
    public required Provider Provider { get; init; }

    /// <summary>The model's id as the provider's own price page spells it.</summary>
    public required string Model { get; init; }

    /// <summary>The instant from which the row holds, UTC.</summary>
    public required DateTimeOffset EffectiveFrom { get; init; }

    public required ModelProfile Profile { get; init; }

    /// <summary><c>openai/gpt-4o-mini@2024-07-18</c>: provider, model and first day. Every ledger entry names it.</summary>
    public string Id => $"{Provider.Name()}/{Model}@{EffectiveFrom:yyyy-MM-dd}";
}
