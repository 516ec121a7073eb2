using BudgetProxy.Core.Rates;
using BudgetProxy.Gateway;

namespace BudgetProxy.Batches;

/// <summary>What holds for a model that a line names.</summary>
/// <param name="Rate">Null where the line is refused.</param>
/// <param name="IsPriced">False = nobody priced the model; it is allowed all the same, at cost 0.</param>
public sealed record LineRate(Rate? Rate, bool IsPriced, GatewayRefusal? Refusal)
{
    /// <summary>As ledger entries name it; null = unpriced.</summary>
    public string? Id => IsPriced ? Rate?.Id : null;
}
