namespace BudgetProxy.Distributed.Postgres;

/// <summary>Keys of the database's advisory locks: any number does that no other program in the same database takes.</summary>
internal static class AdvisoryLocks
{
    /// <summary>Held by the session that applies migrations.</summary>
    public const long Migrations = 0x6270_6D69_6772;

    /// <summary>Held by the proxy that makes counters again.</summary>
    public const long Recovery = 0x6270_7265_636F;

    /// <summary>Held by each transaction that changes the directory, to its end.</summary>
    public const long Directory = 0x6270_6469_7265;

    /// <summary>Held by each transaction that adds rates, to its end.</summary>
    public const long Rates = 0x6270_7261_7465;

    /// <summary>Held by the proxy that re-rates.</summary>
    public const long Rerating = 0x6270_7265_7261;

    /// <summary>Held by each transaction that adds to what was learned, to its end.</summary>
    public const long Learning = 0x6270_6C65_6172;
}
