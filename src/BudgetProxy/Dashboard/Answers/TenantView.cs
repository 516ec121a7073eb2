namespace BudgetProxy.Dashboard.Answers;

/// <summary>A tenant. The last three are in lists only.</summary>
public sealed record TenantView(
    string Id, string? Name, string? Plan, string? Timezone, string? StripeCustomerId, decimal MarkupPercent, IReadOnlyList<string>? AllowedModels,
    decimal? MaxCallUsd, bool Suspended, decimal? SpentMonthUsd, long? RequestsMonth, decimal? TightestShare)
{
    /// <summary>What people call it.</summary>
    public string Title => string.IsNullOrEmpty(Name) ? Id : Name;
}
