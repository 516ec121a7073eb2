namespace BudgetProxy.Ledger;

/// <summary>The key of one row of the sums; what a level is not split by is empty.</summary>
/// <param name="At">Where its hour, day or month begins, Unix milliseconds.</param>
/// <param name="User">As <see cref="UsageRows.Marked"/>.</param>
/// <param name="Project">Likewise.</param>
/// <param name="Prepaid">Taken from prepaid credit; of the hours of tenants alone.</param>
internal readonly record struct UsageKey(
    UsageLevel Level, long At, string Tenant, string User, string Project, string Key, string Provider, string Model, bool Prepaid)
{
    /// <summary>A fixed order, whatever it is.</summary>
    public static int Compare(UsageKey one, UsageKey other)
    {
        if (one.At != other.At)
            return one.At.CompareTo(other.At);
        ReadOnlySpan<string> own = [one.Tenant, one.User, one.Project, one.Key, one.Provider, one.Model];
        ReadOnlySpan<string> others = [other.Tenant, other.User, other.Project, other.Key, other.Provider, other.Model];
        for (var i = 0; i < own.Length; i++)
        {
            if (string.CompareOrdinal(own[i], others[i]) is var compared and not 0)
                return compared;
        }

        return one.Prepaid.CompareTo(other.Prepaid);
    }

    /// <summary>The values of a level's key in the order of its columns, <see cref="At"/> left out.</summary>
    public string Text(UsageGroups column) => column switch
    {
        UsageGroups.Tenant => Tenant,
        UsageGroups.User => User,
        UsageGroups.Project => Project,
        UsageGroups.Key => Key,
        UsageGroups.Provider => Provider,
        _ => Model,
    };
}
