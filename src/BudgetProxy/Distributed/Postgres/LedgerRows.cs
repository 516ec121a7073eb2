using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>The ledger's rows: how entries are written to them and read from them.</summary>
internal static class LedgerRows
{
    /// <summary>All columns, in the order in which <see cref="Read"/> reads them.</summary>
    public static readonly IReadOnlyList<LedgerColumn> All =
    [
        LedgerColumn.Of("id", row => row.Entry.Id),
        LedgerColumn.Of("request_id", row => row.Entry.RequestId),
        LedgerColumn.Of("adjusts", row => row.Entry.Adjusts),
        LedgerColumn.Of("tenant", row => LedgerTexts.Clean(row.Entry.Tenant)),
        LedgerColumn.Of("key", row => LedgerTexts.Clean(row.Entry.Key)),
        LedgerColumn.Of("\"user\"", row => LedgerTexts.Clean(row.Entry.User)),
        LedgerColumn.Of("project", row => LedgerTexts.Clean(row.Entry.Project)),
        LedgerColumn.Of("run", row => LedgerTexts.Clean(row.Entry.Run)),
        LedgerColumn.Of("tags", row => LedgerTags.Write(LedgerTexts.Clean(row.Entry.Tags)), "tags::json"),
        LedgerColumn.Of("provider", row => LedgerTexts.Clean(row.Entry.Provider)),
        LedgerColumn.Of("api", row => LedgerTexts.Clean(row.Entry.Api)),
        LedgerColumn.Of("model", row => LedgerTexts.Clean(row.Entry.Model)),
        LedgerColumn.Of("streamed", row => row.Entry.Streamed),
        LedgerColumn.Of("started_at", row => Instants.Whole(row.Entry.StartedAt)),
        LedgerColumn.Of("input", row => row.Entry.Usage.Input),
        LedgerColumn.Of("cached_input", row => row.Entry.Usage.CachedInput),
        LedgerColumn.Of("cache_write_short", row => row.Entry.Usage.CacheWriteShort),
        LedgerColumn.Of("cache_write_long", row => row.Entry.Usage.CacheWriteLong),
        LedgerColumn.Of("output", row => row.Entry.Usage.Output),
        LedgerColumn.Of("reasoning", row => row.Entry.Usage.Reasoning),
        LedgerColumn.Of("audio_input", row => row.Entry.Usage.AudioInput),
        LedgerColumn.Of("audio_output", row => row.Entry.Usage.AudioOutput),
        LedgerColumn.Of("image_input", row => row.Entry.Usage.ImageInput),
        LedgerColumn.Of("tool_calls", row => row.Entry.Usage.ToolCalls),
        LedgerColumn.Of("image_output", row => row.Entry.Usage.ImageOutput),
        LedgerColumn.Of("file_searches", row => row.Entry.Usage.FileSearches),
        LedgerColumn.Of("code_sessions", row => row.Entry.Usage.CodeSessions),
        LedgerColumn.Of("served_model", row => LedgerTexts.Clean(row.Entry.ServedModel)),
        LedgerColumn.Of("rate", row => LedgerTexts.Clean(row.Entry.Rate)),
        LedgerColumn.Of("basis", row => (short)row.Entry.Basis),
        LedgerColumn.Of("cost", row => row.Entry.Cost.Value),
        LedgerColumn.Of("charged", row => row.Entry.Charged.Value),
        LedgerColumn.Of("reserved", row => row.Entry.Reserved.Value),
        LedgerColumn.Of("overrun", row => row.Entry.Overrun.Value),
        LedgerColumn.Of("status", row => row.Entry.Status),
        LedgerColumn.Of("settled_at", row => Instants.Whole(row.Entry.SettledAt)),
        LedgerColumn.Of("unknown_bucket", row => row.Entry.UnknownBucket),
        LedgerColumn.Of("generation", row => row.Place.Generation),
        LedgerColumn.Of("sequence", row => row.Place.Sequence),
        LedgerColumn.Of("tier", row => (short?)row.Entry.Tier),
        LedgerColumn.Of("regional", row => row.Entry.Regional),
        LedgerColumn.Of("markup", row => row.Entry.MarkupBasisPoints),
        LedgerColumn.Of("prepaid", row => row.Entry.Prepaid, IsPrepaid("entries")),
    ];

    /// <summary>Their names for a SELECT.</summary>
    public static readonly string Columns = string.Join(", ", All.Select(column => column.Name));

    /// <summary>Inserts from one array a column, and what caching saved; an id that is there already is left as it is.</summary>
    public static readonly string Insert =
        $"INSERT INTO ledger ({Columns}, cache_saved) SELECT {string.Join(", ", All.Select(column => column.Selected))}, cache_saved "
        + $"FROM unnest({string.Join(", ", All.Select((_, i) => $"${i + 1}"))}, ${All.Count + 1}) AS entries ({Columns}, cache_saved) ON CONFLICT (id) DO NOTHING";

    /// <summary>Whether an entry was paid before, in SQL. Where a version that did not keep it wrote it, how its tenant paid when entries began to keep it decides.</summary>
    /// <param name="entry">What the entry's columns are qualified by.</param>
    public static string IsPrepaid(string entry) => $"coalesce({entry}.prepaid, {entry}.tenant IN (SELECT b.tenant FROM prepaid_before b))";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static PlacedEntry Read(NpgsqlDataReader row) => new(
        new LedgerEntry
        {
            Id = row.GetGuid(0),
            RequestId = row.GetGuid(1),
            Adjusts = row.IsDBNull(2) ? null : row.GetGuid(2),
            Tenant = row.GetString(3),
            Key = row.GetString(4),
            User = row.TextOrNull(5),
            Project = row.TextOrNull(6),
            Run = row.TextOrNull(7),
            Tags = LedgerTags.Read(row.TextOrNull(8)),
            Provider = row.GetString(9),
            Api = row.GetString(10),
            Model = row.GetString(11),
            Streamed = row.GetBoolean(12),
            StartedAt = row.GetFieldValue<DateTimeOffset>(13),
            Usage = Usage(row, 14),
            ServedModel = row.TextOrNull(27),
            Rate = row.TextOrNull(28),
            Basis = (UsageBasis)row.GetInt16(29),
            Cost = new NanoUsd(row.GetInt64(30)),
            Charged = new NanoUsd(row.GetInt64(31)),
            Reserved = new NanoUsd(row.GetInt64(32)),
            Overrun = new NanoUsd(row.GetInt64(33)),
            Status = row.GetInt32(34),
            SettledAt = row.GetFieldValue<DateTimeOffset>(35),
            Tier = row.IsDBNull(39) ? null : (ServiceTier)row.GetInt16(39),
            Regional = row.IsDBNull(40) ? null : row.GetBoolean(40),
            MarkupBasisPoints = row.IsDBNull(41) ? null : row.GetInt32(41),
            UnknownBucket = row.GetBoolean(36),
            Prepaid = row.IsDBNull(42) ? null : row.GetBoolean(42),
        },
        new Place(row.GetInt64(37), row.GetInt64(38)));

    /// <param name="first">Where the token columns begin.</param>
    public static Usage Usage(NpgsqlDataReader row, int first) => new()
    {
        Input = row.GetInt64(first),
        CachedInput = row.GetInt64(first + 1),
        CacheWriteShort = row.GetInt64(first + 2),
        CacheWriteLong = row.GetInt64(first + 3),
        Output = row.GetInt64(first + 4),
        Reasoning = row.GetInt64(first + 5),
        AudioInput = row.GetInt64(first + 6),
        AudioOutput = row.GetInt64(first + 7),
        ImageInput = row.GetInt64(first + 8),
        ToolCalls = row.GetInt64(first + 9),
        ImageOutput = row.GetInt64(first + 10),
        FileSearches = row.GetInt64(first + 11),
        CodeSessions = row.GetInt64(first + 12),
    };

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
