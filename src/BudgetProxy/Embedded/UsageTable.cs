using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>The rows of the sums on the writer's session.</summary>
internal sealed class UsageTable(SqliteSession session)
{
    private static readonly UsageGroups[] KeyColumns =
        [UsageGroups.Tenant, UsageGroups.User, UsageGroups.Project, UsageGroups.Key, UsageGroups.Provider, UsageGroups.Model];

    private readonly SqliteStatement[] _add = [.. Enum.GetValues<UsageLevel>().Select(level => session.Prepare(Upsert(level)))];
    private readonly SqliteStatement _move = session.Prepare("UPDATE usage_state SET rolled_up_to = ? WHERE rolled_up_to = ?");
    private readonly SqliteStatement _moveOlder = session.Prepare("UPDATE usage_state SET hours_filled_to = ? WHERE hours_filled_to = ?");

    /// <summary>Adds entries after a sequence up to another, and takes note of it. Within a transaction: both or neither.</summary>
    /// <returns>False = the sums are no longer where these entries follow; nothing was added.</returns>
    public bool Add(UsageBatch batch)
    {
        (batch.Older ? _moveOlder : _move).Bind(batch.UpTo).Bind(batch.After).Run();
        if (session.Changes != 1)
            return false;
        foreach (var level in UsageLevels.WriteOrder)
        {
            foreach (var (key, amounts) in batch.Rows.Of(level))
                Add(_add[(int)level], level, key, amounts);
        }

        return true;
    }

    private static void Add(SqliteStatement add, UsageLevel level, in UsageKey key, UsageAmounts amounts)
    {
        add.Bind(key.At);
        var keys = UsageLevels.Keys(level);
        foreach (var column in KeyColumns)
        {
            if (keys.HasFlag(column))
                add.Bind(key.Text(column));
        }

        if (level == UsageLevel.TenantHours)
            add.Bind(key.Prepaid ? 1 : 0);

        for (var i = 0; i < UsageAmounts.Columns.Length; i++)
            add.Bind(amounts[i]);
        add.Run();
    }

    private static string Upsert(UsageLevel level)
    {
        var keys = new List<string> { "at" };
        foreach (var column in KeyColumns)
        {
            if (UsageLevels.Keys(level).HasFlag(column))
                keys.Add(column.ToString().ToLowerInvariant());
        }

        if (level == UsageLevel.TenantHours)
            keys.Add("prepaid");
        var columns = UsageAmounts.Columns;
        var (unbilled, one, mark) = level == UsageLevel.TenantHours ? (", unbilled", ", 1", ", unbilled = 1") : ("", "", "");
        return $"INSERT INTO {UsageLevels.Table(level)} ({string.Join(", ", [.. keys, .. columns])}{unbilled}) "
            + $"VALUES ({string.Join(", ", Enumerable.Repeat("?", keys.Count + columns.Length))}{one}) ON CONFLICT ({string.Join(", ", keys)}) "
            + $"DO UPDATE SET {string.Join(", ", columns.Select(column => $"{column} = {column} + excluded.{column}"))}{mark}";
    }
}
