using System.Text.Json.Serialization;

namespace BudgetProxy.Insight;

/// <summary>What an admin sees first: all tenants', or one's own. Days, hours and months are UTC.</summary>
/// <param name="AsOf">When it was made. Everyone's is up to four seconds old: what is older than one is given once more and made anew beside.</param>
/// <param name="Days">Days that <see cref="Series"/> and all sums without a period of their own are of, today included.</param>
/// <param name="BudgetedMonthUsd">Σ of enforced monthly USD limits that count every call of their tenant.</param>
/// <param name="Series">By day the seven dearest models, and <c>other</c>; every day is there.</param>
/// <param name="Hours">The last 24, this one included.</param>
/// <param name="Refusals">The reasons that came last.</param>
/// <param name="Nearest">Those nearest their limits.</param>
public sealed record OverviewDocument(
    string AsOf, int Days, SpendDocument Today, SpendDocument Month, string BudgetedMonthUsd, IReadOnlyList<ModelDayDocument> Series,
    IReadOnlyList<HourDocument> Hours, IReadOnlyList<TopModelDocument> Models, IReadOnlyList<RefusalDocument> Refusals,
    IReadOnlyList<RefusalCodeDocument> RefusalCodes, CacheDocument Cache, EstimatesDocument Estimates, IReadOnlyList<NearestDocument> Nearest)
{
    /// <summary>The dearest of this month; left out in a tenant's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TopTenantDocument>? Tenants { get; init; }

    /// <summary>By day the seven dearest tenants, and <c>other</c>; left out in a tenant's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TenantDayDocument>? TenantSeries { get; init; }

    /// <summary>The dearest of this month; only in a tenant's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TopUserDocument>? Users { get; init; }
}
