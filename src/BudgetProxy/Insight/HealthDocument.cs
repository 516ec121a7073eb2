using System.Text.Json.Serialization;
using BudgetProxy.Stripe;

namespace BudgetProxy.Insight;

/// <summary>How this proxy and what it stands on are.</summary>
/// <param name="Mode"><c>embedded</c> or <c>distributed</c>.</param>
/// <param name="ClockSkewMs">The clock that decides windows − this proxy's; null = it could not be read.</param>
public sealed record HealthDocument(
    string Version, string Mode, IReadOnlyList<StoreHealthDocument> Stores, long? ClockSkewMs, RatesHealthDocument Rates)
{
    /// <summary>Only where asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ProviderHealthDocument>? Providers { get; init; }

    /// <summary>Only where asked for, and where usage is sent to Stripe.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StripeHealthDocument? Stripe { get; init; }
}
