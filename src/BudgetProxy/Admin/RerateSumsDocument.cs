using BudgetProxy.Rates;

namespace BudgetProxy.Admin;

/// <summary>What re-rating comes to, in USD.</summary>
/// <param name="Entries">Calls looked at.</param>
/// <param name="Changed">Those that cost something else now.</param>
public sealed record RerateSumsDocument(
    long Entries, long Changed, string CostBeforeUsd, string CostAfterUsd, string CostDifferenceUsd, string ChargedBeforeUsd, string ChargedAfterUsd,
    string ChargedDifferenceUsd)
{
    public static RerateSumsDocument Of(RerateSums sums) => new(
        sums.Entries, sums.Changed, sums.CostBefore.ToString(), sums.CostAfter.ToString(), (sums.CostAfter - sums.CostBefore).ToString(),
        sums.ChargedBefore.ToString(), sums.ChargedAfter.ToString(), (sums.ChargedAfter - sums.ChargedBefore).ToString());
}
