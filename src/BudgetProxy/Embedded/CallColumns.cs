using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>The columns that a reservation and a ledger entry share: who called what, when, and tokens by bucket. Bound and read in this order.</summary>
internal static class CallColumns
{
    public const string Names =
        "tenant, key, user, project, run, tags, provider, api, model, streamed, started_at, "
        + UsageNames;

    public const string UsageNames =
        "input, cached_input, cache_write_short, cache_write_long, output, reasoning, audio_input, audio_output, image_input, tool_calls, "
        + "image_output, file_searches, code_sessions";

    public const string Parameters = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";

    public const string UsageParameters = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";

    public const int Count = 24;

    /// <summary>The call's time stands at this offset, its tokens after it.</summary>
    public const int StartedAt = 10;

    public static void Bind(
        SqliteStatement statement, Caller caller, (string Provider, string Api, string Model) target, bool streamed, DateTimeOffset startedAt, in Usage usage)
    {
        statement
            .Bind(caller.Tenant).Bind(caller.Key).Bind(caller.User).Bind(caller.Project).Bind(caller.Run).Bind(LedgerTags.Write(caller.Tags))
            .Bind(target.Provider).Bind(target.Api).Bind(target.Model)
            .Bind(streamed ? 1 : 0).Bind(startedAt.ToUnixTimeMilliseconds());
        Bind(statement, usage);
    }

    public static void Bind(SqliteStatement statement, in Usage usage) =>
        statement
            .Bind(usage.Input).Bind(usage.CachedInput).Bind(usage.CacheWriteShort).Bind(usage.CacheWriteLong)
            .Bind(usage.Output).Bind(usage.Reasoning).Bind(usage.AudioInput).Bind(usage.AudioOutput).Bind(usage.ImageInput).Bind(usage.ToolCalls)
            .Bind(usage.ImageOutput).Bind(usage.FileSearches).Bind(usage.CodeSessions);

    public static long? Flag(bool? flag) => flag is { } known ? (known ? 1 : 0) : null;

    public static bool? Flag(SqliteStatement row, int column) => row.IsNull(column) ? null : row.Int64(column) != 0;

    public static ServiceTier? Tier(SqliteStatement row, int column) => row.IsNull(column) ? null : (ServiceTier)row.Int64(column);

    /// <param name="prepaid">As its own column says.</param>
    public static Caller Caller(SqliteStatement row, int first, bool? prepaid) => new()
    {
        Tenant = row.Text(first)!,
        Key = row.Text(first + 1)!,
        User = row.Text(first + 2),
        Project = row.Text(first + 3),
        Run = row.Text(first + 4),
        Tags = LedgerTags.Read(row.Text(first + 5)),
        Prepaid = prepaid,
    };

    /// <param name="first">Where the token columns begin.</param>
    public static Usage Usage(SqliteStatement row, int first) => new()
    {
        Input = row.Int64(first),
        CachedInput = row.Int64(first + 1),
        CacheWriteShort = row.Int64(first + 2),
        CacheWriteLong = row.Int64(first + 3),
        Output = row.Int64(first + 4),
        Reasoning = row.Int64(first + 5),
        AudioInput = row.Int64(first + 6),
        AudioOutput = row.Int64(first + 7),
        ImageInput = row.Int64(first + 8),
        ToolCalls = row.Int64(first + 9),
        ImageOutput = row.Int64(first + 10),
        FileSearches = row.Int64(first + 11),
        CodeSessions = row.Int64(first + 12),
    };
}
