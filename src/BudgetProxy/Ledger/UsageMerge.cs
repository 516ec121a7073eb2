using BudgetProxy.Core.Money;

namespace BudgetProxy.Ledger;

/// <summary>Puts the parts of an answer together.</summary>
internal sealed class UsageMerge
{
    private readonly Dictionary<UsageGroupKey, UsageAmounts> _groups = [];

    /// <summary>The sums of a group, to add to.</summary>
    public UsageAmounts this[UsageGroupKey key]
    {
        get
        {
            if (!_groups.TryGetValue(key, out var amounts))
                _groups.Add(key, amounts = new UsageAmounts());
            return amounts;
        }
    }

    /// <summary>Ordered by the group keys.</summary>
    public IReadOnlyList<UsageTotal> Totals()
    {
        var keys = new List<UsageGroupKey>(_groups.Keys);
        keys.Sort(UsageGroupKey.Compare);
        return keys.ConvertAll(key => Total(key, _groups[key]));
    }

    private static UsageTotal Total(UsageGroupKey key, UsageAmounts sums) => new(
        key.Tenant, key.User, key.Project, key.Key, key.Model, key.Day is { } day ? DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(day)) : null,
        sums[0], sums.Usage, new NanoUsd(sums[14]), new NanoUsd(sums[15]), new NanoUsd(sums[16]))
    {
        Provider = key.Provider,
        Hour = key.Hour is { } hour ? DateTimeOffset.UnixEpoch.AddHours(hour) : null,
        Reserved = new NanoUsd(sums[17]),
        Overruns = sums[18],
        CacheSaved = new NanoUsd(sums[19]),
    };
}
