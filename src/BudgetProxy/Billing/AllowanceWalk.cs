using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Billing;

/// <summary>
/// Finds how far an allowance goes: a call is included if, when it settled, the month's allowance was not used up. Hours tell nearly all; only the hour in
/// which it is used up is read entry by entry. Corrections use up nothing: they follow the entries that they correct.
/// </summary>
internal sealed class AllowanceWalk(IAccrualStore store)
{
    /// <param name="hours">All hours of the tenant's month, in order.</param>
    /// <param name="corrections">What corrections that were settled in an hour come to.</param>
    public async Task<MonthBoundary> BoundaryAsync(
        IReadOnlyList<Accrual> hours, IReadOnlyDictionary<DateTimeOffset, BilledAmounts> corrections, IEnumerable<MonthAllowance> allowances, CancellationToken cancellationToken)
    {
        var boundary = MonthBoundary.None;
        foreach (var allowance in allowances)
        {
            if (allowance.Amount > 0)
                boundary = MonthBoundary.Further(boundary, await BoundaryAsync(hours, corrections, allowance, cancellationToken));
        }

        return boundary;
    }

    private async Task<MonthBoundary> BoundaryAsync(
        IReadOnlyList<Accrual> hours, IReadOnlyDictionary<DateTimeOffset, BilledAmounts> corrections, MonthAllowance allowance, CancellationToken cancellationToken)
    {
        long used = 0;
        foreach (var hour in hours)
        {
            var firsts = BilledAmounts.Of(hour) - corrections.GetValueOrDefault(hour.Hour);
            var after = checked(used + MeasureOf(allowance.Kind, firsts));
            if (after < allowance.Amount)
            {
                used = after;
                continue;
            }

            var (boundary, usedThen) = await WithinAsync(hour, allowance, used, cancellationToken);
            if (boundary is not null)
                return boundary;
            // Its entries say less than its sum: it is counted as they say, and read again once they are there.
            used = usedThen;
        }

        return MonthBoundary.All;
    }

    private async Task<(MonthBoundary? Boundary, long Used)> WithinAsync(Accrual hour, MonthAllowance allowance, long used, CancellationToken cancellationToken)
    {
        var free = default(BilledAmounts);
        var left = hour.Requests;
        await foreach (var entry in store.FirstEntriesAsync(hour.Tenant, hour.Hour, cancellationToken))
        {
            // Entries that came after the sum was read are not in it either.
            if (left-- == 0)
                break;
            var amounts = BilledAmounts.OfFirst(entry);
            var before = used;
            used = checked(used + MeasureOf(allowance.Kind, amounts));
            if (allowance.Kind == LimitKind.Usd && used > allowance.Amount)
            {
                var (part, charged) = (allowance.Amount - before, amounts.Charged);
                return (new MonthBoundary(entry.Place, hour.Hour, free + MonthBoundary.PartOf(amounts, part, charged), (part, charged)), used);
            }

            free += amounts;
            if (used >= allowance.Amount)
                return (new MonthBoundary(entry.Place, hour.Hour, free, null), used);
        }

        return (null, used);
    }

    private static long MeasureOf(LimitKind kind, BilledAmounts amounts) => kind switch
    {
        LimitKind.Requests => amounts.Requests,
        LimitKind.Tokens => amounts.Tokens,
        _ => amounts.Charged,
    };
}
