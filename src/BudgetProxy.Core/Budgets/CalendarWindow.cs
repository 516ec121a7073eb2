namespace BudgetProxy.Core.Budgets;

/// <summary>
/// Calendar windows in a time zone. They follow each other without gap or overlap whatever the zone's clocks do: a day starts at the first
/// instant of its local date (also where midnight does not exist), and an hour is cut where the zone's offset changes.
/// </summary>
internal static class CalendarWindow
{
    public static (DateTimeOffset Start, DateTimeOffset? End) At(WindowKind kind, TimeZoneInfo zone, DateTimeOffset now) => kind switch
    {
        WindowKind.Lifetime => (DateTimeOffset.UnixEpoch, null),
        WindowKind.Minute => Clock(TimeSpan.TicksPerMinute, zone, now),
        WindowKind.Hour => Clock(TimeSpan.TicksPerHour, zone, now),
        _ => Date(kind, zone, now),
    };

    private static (DateTimeOffset Start, DateTimeOffset? End) Clock(long length, TimeZoneInfo zone, DateTimeOffset now)
    {
        var offset = zone.GetUtcOffset(now);
        var local = (now.UtcDateTime + offset).Ticks;
        var start = new DateTimeOffset(local - (local % length), TimeSpan.Zero) - offset;
        var end = start.AddTicks(length);
        if (zone.GetUtcOffset(start) != offset)
            start = Transition(zone, start, now);
        if (zone.GetUtcOffset(end.AddTicks(-1)) != offset)
            end = Transition(zone, now, end);
        return (start, end);
    }

    private static (DateTimeOffset Start, DateTimeOffset? End) Date(WindowKind kind, TimeZoneInfo zone, DateTimeOffset now)
    {
        var first = FirstDay(kind, now.UtcDateTime + zone.GetUtcOffset(now));
        var next = Following(kind, first);
        var end = Instant(zone, next);
        if (now < end)
            return (Instant(zone, first), end);

        // Clocks set back across midnight: the old date is shown again, but its window has ended.
        return (end, Instant(zone, Following(kind, next)));
    }

    private static DateTime FirstDay(WindowKind kind, DateTime local)
    {
        var day = local.Date;
        return kind switch
        {
            WindowKind.Day => day,
            WindowKind.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            WindowKind.Month => new DateTime(day.Year, day.Month, 1),
            WindowKind.Quarter => new DateTime(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1),
            WindowKind.Year => new DateTime(day.Year, 1, 1),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a calendar window."),
        };
    }

    private static DateTime Following(WindowKind kind, DateTime first) => kind switch
    {
        WindowKind.Day => first.AddDays(1),
        WindowKind.Week => first.AddDays(7),
        WindowKind.Month => first.AddMonths(1),
        WindowKind.Quarter => first.AddMonths(3),
        _ => first.AddYears(1),
    };

    /// <summary>The first instant at which the zone's clocks show this midnight or, where they skip it, what follows the gap.</summary>
    private static DateTimeOffset Instant(TimeZoneInfo zone, DateTime midnight)
    {
        midnight = DateTime.SpecifyKind(midnight, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(midnight))
        {
            var dayBefore = new DateTimeOffset(midnight.AddDays(-1).Ticks, TimeSpan.Zero) - zone.GetUtcOffset(midnight.AddDays(-1));
            return Transition(zone, dayBefore, dayBefore.AddDays(1));
        }

        var offset = zone.GetUtcOffset(midnight);
        if (zone.IsAmbiguousTime(midnight))
        {
            foreach (var candidate in zone.GetAmbiguousTimeOffsets(midnight))
                offset = candidate > offset ? candidate : offset;
        }

        return new DateTimeOffset(midnight.Ticks, TimeSpan.Zero) - offset;
    }

    /// <summary>The first instant after <paramref name="before"/>, up to <paramref name="after"/>, whose offset is no longer that of before.</summary>
    private static DateTimeOffset Transition(TimeZoneInfo zone, DateTimeOffset before, DateTimeOffset after)
    {
        var old = zone.GetUtcOffset(before);
        long low = before.UtcTicks, high = after.UtcTicks;
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (zone.GetUtcOffset(new DateTimeOffset(middle, TimeSpan.Zero)) == old)
                low = middle;
            else
                high = middle;
        }

        return new DateTimeOffset(high, TimeSpan.Zero);
    }
}
