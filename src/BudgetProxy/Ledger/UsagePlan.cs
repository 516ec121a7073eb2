namespace BudgetProxy.Ledger;

/// <summary>Where the parts of an answer are read: whole months, days and hours from their sums as far as those know what is asked, the rest from the entries.</summary>
internal static class UsagePlan
{
    /// <summary>Stretches that together are the filter's time, none twice.</summary>
    /// <param name="hoursKnown">False: the hours of tenants are not all summed yet.</param>
    public static List<UsageSegment> Of(UsageQuestion question, bool hoursKnown)
    {
        var segments = new List<UsageSegment>();
        var filter = question.Filter;
        var levels = question.FromEntries || question.OnlyCorrections ? [] : question.Level is { } only ? [only] : Levels(question);
        // The finest comes last, so without it the rest is as it was.
        if (!hoursKnown && levels is [.., UsageLevel.TenantHours])
            levels = levels[..^1];
        Cover(levels, filter.FromMilliseconds, filter.ToMilliseconds, segments);
        return segments;
    }

    /// <summary>Those that can answer, from the coarsest.</summary>
    private static ReadOnlySpan<UsageLevel> Levels(UsageQuestion question)
    {
        const UsageGroups models = UsageGroups.Provider | UsageGroups.Model;
        const UsageGroups times = UsageGroups.Day | UsageGroups.Hour;
        var needs = Needs(question);
        var (keys, byDay, byHour) = (needs & ~times, needs.HasFlag(UsageGroups.Day), needs.HasFlag(UsageGroups.Hour));
        // Only the hours of tenants know how they were paid.
        if (question.Filter.Prepaid is not null)
            return keys == UsageGroups.Tenant ? [UsageLevel.TenantHours] : [];
        if ((keys & ~models) == UsageGroups.None)
            return [UsageLevel.Hours];
        if (keys == UsageGroups.Tenant)
        {
            return byHour ? [UsageLevel.TenantHours]
                : byDay ? [UsageLevel.TenantDays, UsageLevel.TenantHours]
                : [UsageLevel.TenantMonths, UsageLevel.TenantDays, UsageLevel.TenantHours];
        }

        if (byHour)
            return [];
        if ((keys & ~(models | UsageGroups.Tenant)) == UsageGroups.None)
            return [UsageLevel.TenantDays];
        return byDay ? [] : [UsageLevel.Months];
    }

    /// <summary>What it is split by and filtered by.</summary>
    private static UsageGroups Needs(UsageQuestion question)
    {
        var (filter, needs) = (question.Filter, question.Groups);
        if (filter.Tenant is not null)
            needs |= UsageGroups.Tenant;
        if (filter.User is not null)
            needs |= UsageGroups.User;
        if (filter.Project is not null)
            needs |= UsageGroups.Project;
        return filter.Model is null ? needs : needs | UsageGroups.Model;
    }

    private static void Cover(ReadOnlySpan<UsageLevel> levels, long? from, long? to, List<UsageSegment> segments)
    {
        if (from >= to)
            return;
        if (levels.IsEmpty)
        {
            segments.Add(new UsageSegment(null, from, to));
            return;
        }

        var level = levels[0];
        var finer = levels[1..];
        var first = from is { } begins ? UsageLevels.Ceiling(level, begins) : null;
        var last = to is { } ends ? UsageLevels.Floor(level, ends) : (long?)null;
        if ((from is not null && first is null) || first >= last)
        {
            Cover(finer, from, to, segments);
            return;
        }

        if (first is { } start)
            Cover(finer, from, start, segments);
        segments.Add(new UsageSegment(level, first, last));
        if (last is { } end)
            Cover(finer, end, to, segments);
    }
}
