namespace BudgetProxy.Dashboard.Answers;

/// <summary>How the proxy and what it needs are.</summary>
public sealed record HealthView(
    string Version, string Mode, IReadOnlyList<StoreView>? Stores, decimal? ClockSkewMs, RateAgeView? Rates, IReadOnlyList<ProviderView>? Providers);
