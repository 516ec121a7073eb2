using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>How far entries of before there were sums are in them, in the order of their ids; all later ones are added as they are inserted.</summary>
/// <param name="RolledUpTo">The last that is in the sums; null = none is.</param>
/// <param name="Done">All are.</param>
/// <param name="HoursFilledTo">The last that is in the hours of tenants, which came later than the other sums; null = none is.</param>
/// <param name="HoursDone">All are in those too.</param>
internal readonly record struct UsageState(Guid? RolledUpTo, bool Done, Guid? HoursFilledTo, bool HoursDone)
{
    /// <summary>As this connection's transaction sees it.</summary>
    public static async Task<UsageState> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await ReadAsync(connection, "", cancellationToken))!.Value;

    /// <summary>The same, kept from others until the transaction ends; null = another has it.</summary>
    public static Task<UsageState?> TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ReadAsync(connection, " FOR UPDATE SKIP LOCKED", cancellationToken);

    private static async Task<UsageState?> ReadAsync(NpgsqlConnection connection, string suffix, CancellationToken cancellationToken)
    {
        var found = await new LedgerQuery().ReadAsync(
            connection,
            "SELECT rolled_up_to, done, hours_filled_to, hours_done FROM usage_state" + suffix,
            row => new UsageState(row.IsDBNull(0) ? null : row.GetGuid(0), row.GetBoolean(1), row.IsDBNull(2) ? null : row.GetGuid(2), row.GetBoolean(3)),
            cancellationToken);
        return found.Count == 0 ? null : found[0];
    }
}
