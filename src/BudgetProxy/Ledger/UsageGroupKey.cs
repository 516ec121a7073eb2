namespace BudgetProxy.Ledger;

/// <summary>What one row of an answer is of; null = not asked for, or none.</summary>
/// <param name="Day">Days since 1970, UTC.</param>
/// <param name="Hour">Hours since 1970, UTC.</param>
internal readonly record struct UsageGroupKey(
    string? Tenant, string? User, string? Project, string? Key, string? Provider, string? Model, long? Day, long? Hour)
{
    /// <summary>By tenant, user, project, key, provider, model, day and hour, each ordinally; none comes first.</summary>
    public static int Compare(UsageGroupKey one, UsageGroupKey other)
    {
        ReadOnlySpan<string?> own = [one.Tenant, one.User, one.Project, one.Key, one.Provider, one.Model];
        ReadOnlySpan<string?> others = [other.Tenant, other.User, other.Project, other.Key, other.Provider, other.Model];
        for (var i = 0; i < own.Length; i++)
        {
            if (string.CompareOrdinal(own[i], others[i]) is var compared and not 0)
                return compared;
        }

        return Nullable.Compare(one.Day, other.Day) is var days and not 0 ? days : Nullable.Compare(one.Hour, other.Hour);
    }
}
