using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Reservations;

/// <summary>What replaces a reservation.</summary>
/// <param name="Usage">What was used, by bucket.</param>
/// <param name="Cost">What the provider takes.</param>
/// <param name="Rate">The row that priced the model that served; null = unpriced.</param>
/// <param name="ServedModel">The model as the answer names it; null = it named none.</param>
/// <param name="Status">HTTP status of the provider's answer; 0 = none came.</param>
/// <param name="Tier">The tier that was billed; null = not known.</param>
/// <param name="Regional">Whether the regional surcharge was billed; null = not known.</param>
/// <param name="UnknownBucket">True when the answer counted something under a name that no price is known for: it is in the cost at the dearest that is.</param>
public sealed record Settlement(
    Usage Usage, UsageBasis Basis, NanoUsd Cost, string? Rate, string? ServedModel, int Status, ServiceTier? Tier = null, bool? Regional = null,
    bool UnknownBucket = false);
