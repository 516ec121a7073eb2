namespace BudgetProxy.Ledger;

/// <summary>Where each level's rows begin in time, and how they are called. All times are UTC.</summary>
internal static class UsageLevels
{
    public const long HourMilliseconds = 3_600_000;
    public const long DayMilliseconds = 86_400_000;

    /// <summary>In the order in which rows are written, so that two who write never wait for each other in a circle.</summary>
    public static readonly UsageLevel[] WriteOrder =
        [UsageLevel.TenantHours, UsageLevel.TenantDays, UsageLevel.Months, UsageLevel.TenantMonths, UsageLevel.Hours];

    /// <summary>Those that were kept before the hours of tenants were, in the same order.</summary>
    public static readonly UsageLevel[] BeforeTenantHours = WriteOrder[1..];

    public static readonly UsageLevel[] TenantHours = WriteOrder[..1];

    public static string Table(UsageLevel level) => level switch
    {
        UsageLevel.Hours => "usage_hours",
        UsageLevel.TenantHours => "usage_tenant_hours",
        UsageLevel.TenantDays => "usage_tenant_days",
        UsageLevel.TenantMonths => "usage_tenant_months",
        _ => "usage_months",
    };

    /// <summary>The columns of its key beside <c>at</c>, as flags.</summary>
    public static UsageGroups Keys(UsageLevel level) => level switch
    {
        UsageLevel.Hours => UsageGroups.Provider | UsageGroups.Model,
        UsageLevel.TenantDays => UsageGroups.Tenant | UsageGroups.Provider | UsageGroups.Model,
        UsageLevel.TenantHours or UsageLevel.TenantMonths => UsageGroups.Tenant,
        _ => UsageGroups.Tenant | UsageGroups.User | UsageGroups.Project | UsageGroups.Key | UsageGroups.Provider | UsageGroups.Model,
    };

    /// <summary>The first instant, in Unix milliseconds, of the hour, day or month that an instant lies in.</summary>
    public static long Floor(UsageLevel level, long at)
    {
        if (level is UsageLevel.TenantMonths or UsageLevel.Months)
        {
            var day = DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
            return new DateTimeOffset(day.Year, day.Month, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        }

        var unit = Unit(level);
        return at - (((at % unit) + unit) % unit);
    }

    /// <summary>The first beginning of an hour, day or month at an instant or after it; null = there is none that can be told.</summary>
    public static long? Ceiling(UsageLevel level, long at)
    {
        var floor = Floor(level, at);
        if (floor == at)
            return at;
        if (level is not (UsageLevel.TenantMonths or UsageLevel.Months))
            return floor + Unit(level);
        var month = DateTimeOffset.FromUnixTimeMilliseconds(floor);
        return month is { Year: 9999, Month: 12 } ? null : month.AddMonths(1).ToUnixTimeMilliseconds();
    }

    private static long Unit(UsageLevel level) => level is UsageLevel.Hours or UsageLevel.TenantHours ? HourMilliseconds : DayMilliseconds;
}
