using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Ledger;

namespace BudgetProxy.Rates;

/// <summary>What a provider's cache saved on an entry, by the row that priced it.</summary>
public static class CacheSavings
{
    /// <summary>The entry's input at the plain price − at what it was charged; below 0 where writing cost more than reading saved.</summary>
    /// <param name="find">The row of an id; null = it is not known, and nothing is said to be saved.</param>
    /// <remarks>An entry that was booked before the tier was kept is taken as standard and not regional; one that corrects another's usage is priced as if it
    /// were a call of that length.</remarks>
    public static NanoUsd Of(LedgerEntry entry, Func<string, Rate?> find)
    {
        var usage = entry.Usage;
        if (entry.Rate is null || (usage.CachedInput | usage.CacheWriteShort | usage.CacheWriteLong) == 0)
            return NanoUsd.Zero;
        return find(entry.Rate) is { Tokens: not null } rate
            ? rate.SavedByCaching(usage, entry.Tier ?? ServiceTier.Standard, entry.Regional ?? false)
            : NanoUsd.Zero;
    }
}
