namespace BudgetProxy.Dashboard.Answers;

/// <summary>A row of the rate table.</summary>
public sealed record RateView(
    string Id, string Provider, string Model, string? Tenant, DateTimeOffset EffectiveFrom, IReadOnlyList<string>? Aliases,
    Dictionary<string, PriceView>? UsdPerMillion, long? LongContextThreshold, string? Confidence, string? Notes, string Origin, string? AddedBy,
    DateTimeOffset? AddedAt, IReadOnlyList<string>? Sources)
{
    public PriceView? Standard => UsdPerMillion?.GetValueOrDefault("standard") ?? UsdPerMillion?.Values.FirstOrDefault();
}
