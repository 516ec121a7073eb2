using BudgetProxy.Core.Money;

namespace BudgetProxy.Ledger;

/// <summary>What some entries add to the rows of the sums.</summary>
/// <param name="levels">Of which sums.</param>
internal sealed class UsageRows(params UsageLevel[] levels)
{
    private readonly Dictionary<UsageKey, UsageAmounts> _rows = [];

    /// <summary>A value that may be missing, as rows hold it: a key can't be NULL.</summary>
    public static string Marked(string? value) => value is null ? "" : "=" + value;

    /// <param name="saved">What caching saved on the entry.</param>
    public void Add(LedgerEntry entry, NanoUsd saved)
    {
        var at = entry.SettledAt.ToUnixTimeMilliseconds();
        foreach (var level in levels)
        {
            var keys = UsageLevels.Keys(level);
            var all = level == UsageLevel.Months;
            var key = new UsageKey(
                level, UsageLevels.Floor(level, at), keys.HasFlag(UsageGroups.Tenant) ? entry.Tenant : "", all ? Marked(entry.User) : "", all ? Marked(entry.Project) : "",
                all ? entry.Key : "", keys.HasFlag(UsageGroups.Provider) ? entry.Provider : "", keys.HasFlag(UsageGroups.Model) ? entry.Model : "",
                level == UsageLevel.TenantHours && entry.Prepaid == true);
            if (!_rows.TryGetValue(key, out var amounts))
                _rows.Add(key, amounts = new UsageAmounts());
            amounts.Add(entry, saved);
        }
    }

    /// <summary>A level's rows, in the order of their keys.</summary>
    public IReadOnlyList<KeyValuePair<UsageKey, UsageAmounts>> Of(UsageLevel level)
    {
        var rows = new List<KeyValuePair<UsageKey, UsageAmounts>>();
        foreach (var row in _rows)
        {
            if (row.Key.Level == level)
                rows.Add(row);
        }

        rows.Sort(static (one, other) => UsageKey.Compare(one.Key, other.Key));
        return rows;
    }
}
