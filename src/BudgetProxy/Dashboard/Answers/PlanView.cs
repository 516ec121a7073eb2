namespace BudgetProxy.Dashboard.Answers;

/// <summary>A plan: budgets that every tenant on it has.</summary>
/// <param name="Included">One of <c>usd</c>, <c>requests</c>, <c>tokens</c>; null = nothing.</param>
/// <param name="Billing"><c>metered</c> or <c>prepaid</c>.</param>
public sealed record PlanView(
    string Name, IReadOnlyList<BudgetView>? Budgets, IReadOnlyList<string>? AllowedModels, decimal? MaxCallUsd, int Tenants, Dictionary<string, decimal>? Included,
    string? Billing)
{
    public string IncludedUnit => Included?.Keys.FirstOrDefault() ?? "requests";

    /// <summary>In <see cref="IncludedUnit"/>; null = nothing.</summary>
    public decimal? IncludedAmount => Included is { Count: > 0 } included ? included.Values.First() : null;
}
