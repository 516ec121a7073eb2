namespace BudgetProxy.Billing;

/// <summary>What one cut of a tenant writes, in one step or not at all.</summary>
/// <param name="Base">What it goes by: a cut of another since then, and nothing is written.</param>
/// <param name="Customer">The customer that it is linked to; null = leave the last one.</param>
/// <param name="Read">The changed hours, as it saw them. Those that have changed again stay to be cut.</param>
/// <param name="Added">What is added to the totals of each meter.</param>
public sealed record TenantCut(
    CutBase Base, string? Customer, IReadOnlyList<Accrual> Read, IReadOnlyList<Bucket> Buckets, IReadOnlyList<MeterTotal> Added,
    IReadOnlyList<MonthAllowance> Allowances)
{
    /// <summary>About how many rows it writes.</summary>
    public int Rows => Read.Count + Buckets.Count;
}
