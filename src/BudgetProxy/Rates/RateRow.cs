using BudgetProxy.Core.Rates;

namespace BudgetProxy.Rates;

/// <summary>A row of the rate table, and who put it there. Never edited, only followed.</summary>
/// <param name="Sequence">Its place in the order in which rows were added, from 1; 0 = it came with the product, or follows from a row that was added.</param>
/// <param name="AddedBy">Public id of the admin key that added it; null = it came with the product.</param>
/// <param name="AddedAt">When, in whole milliseconds; null = it came with the product.</param>
public sealed record RateRow(Rate Rate, long Sequence = 0, string? AddedBy = null, DateTimeOffset? AddedAt = null)
{
    public bool Shipped => AddedBy is null;
}
