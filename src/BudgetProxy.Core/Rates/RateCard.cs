using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Rates;

/// <summary>The immutable, versioned set of rates in force. A call sees one card from start to end.</summary>
public sealed class RateCard
{
    /// <summary>The row in force at <paramref name="at"/> for an exact id or a listed alias; null = unpriced.</summary>
    public Rate? Find(Provider provider, string model, DateTimeOffset at) => null;
}
