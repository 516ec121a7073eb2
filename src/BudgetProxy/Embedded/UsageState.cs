namespace BudgetProxy.Embedded;

/// <summary>How far entries are in the sums, by their sequence.</summary>
/// <param name="RolledUpTo">The last that is; 0 = none is.</param>
/// <param name="HoursFilledTo">The last of the older ones that is in the hours of tenants, which there were not always.</param>
/// <param name="HoursFillEnd">The last of the older ones; all later ones came to the hours as to the others.</param>
internal readonly record struct UsageState(long RolledUpTo, long HoursFilledTo, long HoursFillEnd)
{
    /// <summary>Entries that the other sums hold and the hours of tenants don't, at most.</summary>
    public long HoursLeft => HoursFillEnd - HoursFilledTo;

    public static UsageState Read(SqliteSession session)
    {
        using var row = session.Prepare("SELECT rolled_up_to, hours_filled_to, hours_fill_end FROM usage_state");
        return row.Read() ? new UsageState(row.Int64(0), row.Int64(1), row.Int64(2)) : default;
    }
}
