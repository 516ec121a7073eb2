using BudgetProxy.Billing;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Ledger;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Billing;

/// <summary>What one tenant is to be billed, by walking over all its entries in the simplest way.</summary>
internal sealed class CutOracle(DateTimeOffset from, BilledUnit money, BilledUnit units)
{
    private readonly Dictionary<(DateTimeOffset Month, LimitKind Kind), long> _allowances = [];
    private bool _changed;

    public List<(EntryPlace Place, LedgerEntry Entry)> Entries { get; } = [];

    private IEnumerable<(EntryPlace Place, LedgerEntry Entry)> Billed => Entries.Where(one => one.Entry.Prepaid != true);

    public void Book((EntryPlace Place, LedgerEntry Entry) entry)
    {
        Entries.Add(entry);
        // What is of before the month in which billing began is not looked at, nor what was paid before.
        _changed |= entry.Entry.Prepaid != true && entry.Entry.SettledAt >= Accrual.MonthOf(from);
    }

    /// <summary>A cut keeps the highest allowance of the month, where the tenant has any usage in it.</summary>
    public void Cut(Included? included, DateTimeOffset now, IEnumerable<DateTimeOffset> changedHours)
    {
        var present = Accrual.MonthOf(now);
        var months = changedHours.Select(Accrual.MonthOf).Where(month => month >= Accrual.MonthOf(from)).ToHashSet();
        if (_changed || Billed.Any(one => Accrual.MonthOf(one.Entry.SettledAt) == present))
            months.Add(present);
        foreach (var month in months)
        {
            var isKnown = _allowances.Keys.Any(key => key.Month == month);
            if (isKnown && month != present)
                continue;
            if (!isKnown)
                _allowances[(month, LimitKind.Usd)] = 0;
            if (included is not null)
                _allowances[(month, included.Kind)] = Math.Max(_allowances.GetValueOrDefault((month, included.Kind)), included.Amount);
        }

        _changed = false;
    }

    /// <summary>By hour: nano-dollars and units that are to be billed.</summary>
    public Dictionary<DateTimeOffset, (long Money, long Units)> Billable()
    {
        var free = Billed.Where(one => one.Entry.Adjusts is null).GroupBy(one => Accrual.MonthOf(one.Entry.SettledAt)).SelectMany(FreeOf)
            .ToDictionary(one => one.Id, one => (one.Free, one.Charged));
        var firsts = Billed.Where(one => one.Entry.Adjusts is null).ToDictionary(one => one.Entry.Id, one => one.Entry);
        var hours = new Dictionary<DateTimeOffset, (long Money, long Units)>();
        foreach (var (_, entry) in Billed)
        {
            var hour = BillingTimes.HourOf(entry.SettledAt);
            var first = entry.Adjusts is { } adjusted ? firsts[adjusted] : entry;
            if (hour < from || first.SettledAt < from)
                continue;
            var (part, whole) = free[first.Id];
            var (amount, count) = (AmountOf(entry), UnitsOf(entry));
            var sum = hours.GetValueOrDefault(hour);
            if (part is null)
                hours[hour] = sum;
            else if (part == 0)
                hours[hour] = (sum.Money + amount, sum.Units + count);
            else
                hours[hour] = (sum.Money + amount - HalfEven((decimal)amount * part.Value / whole), sum.Units + count);
        }

        return hours;
    }

    /// <summary>Of each first entry of a month what is free of its charge; null = all, 0 = nothing.</summary>
    private IEnumerable<(Guid Id, long? Free, long Charged)> FreeOf(IGrouping<DateTimeOffset, (EntryPlace Place, LedgerEntry Entry)> month)
    {
        var ordered = month.OrderBy(one => one.Place).Select(one => one.Entry).ToList();
        var free = ordered.ToDictionary(entry => entry.Id, _ => (long?)0);
        foreach (var ((_, kind), allowance) in _allowances.Where(one => one.Key.Month == month.Key))
        {
            long used = 0;
            foreach (var entry in ordered)
            {
                if (used >= allowance)
                    break;
                var before = used;
                used += kind switch { LimitKind.Requests => 1, LimitKind.Tokens => entry.Usage.Total, _ => entry.Charged.Value };
                if (kind == LimitKind.Usd && used > allowance)
                    free[entry.Id] = free[entry.Id] is { } part ? Math.Max(part, allowance - before) : null;
                else
                    free[entry.Id] = null;
            }
        }

        return ordered.Select(entry => (entry.Id, free[entry.Id], entry.Charged.Value));
    }

    private long AmountOf(LedgerEntry entry) => money == BilledUnit.Charged ? entry.Charged.Value : entry.Cost.Value;

    private long UnitsOf(LedgerEntry entry) => units == BilledUnit.Tokens ? entry.Usage.Total : entry.Adjusts is null ? 1 : 0;

    private static long HalfEven(decimal amount) => (long)decimal.Round(amount, MidpointRounding.ToEven);
}
