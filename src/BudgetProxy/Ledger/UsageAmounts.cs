using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Ledger;

/// <summary>What is summed of entries, in the order of <see cref="Columns"/>. A sum is cut to what 64 bits hold: one absurd usage must not make every report fail.</summary>
internal sealed class UsageAmounts
{
    /// <summary>The columns of the sums' tables.</summary>
    public static readonly string[] Columns =
    [
        "requests", "input", "cached_input", "cache_write_short", "cache_write_long", "output", "reasoning", "audio_input", "audio_output", "image_input",
        "tool_calls", "image_output", "file_searches", "code_sessions", "cost", "charged", "overrun", "reserved", "overruns", "cache_saved",
    ];

    private readonly long[] _sums = new long[Columns.Length];

    public long this[int column] => _sums[column];

    public void Add(int column, long amount)
    {
        var sum = _sums[column];
        var added = unchecked(sum + amount);
        // Of two of one sign a sum of the other has no room.
        _sums[column] = ((sum ^ added) & (amount ^ added)) < 0 ? (sum < 0 ? long.MinValue : long.MaxValue) : added;
    }

    /// <param name="saved">What caching saved.</param>
    public void Add(LedgerEntry entry, NanoUsd saved)
    {
        var usage = entry.Usage;
        ReadOnlySpan<long> amounts =
        [
            entry.Adjusts is null ? 1 : 0, usage.Input, usage.CachedInput, usage.CacheWriteShort, usage.CacheWriteLong, usage.Output, usage.Reasoning,
            usage.AudioInput, usage.AudioOutput, usage.ImageInput, usage.ToolCalls, usage.ImageOutput, usage.FileSearches, usage.CodeSessions,
            entry.Cost.Value, entry.Charged.Value, entry.Overrun.Value, entry.Reserved.Value, entry.Overrun.Value > 0 ? 1 : 0, saved.Value,
        ];
        for (var i = 0; i < amounts.Length; i++)
            Add(i, amounts[i]);
    }

    public Usage Usage => new()
    {
        Input = _sums[1],
        CachedInput = _sums[2],
        CacheWriteShort = _sums[3],
        CacheWriteLong = _sums[4],
        Output = _sums[5],
        Reasoning = _sums[6],
        AudioInput = _sums[7],
        AudioOutput = _sums[8],
        ImageInput = _sums[9],
        ToolCalls = _sums[10],
        ImageOutput = _sums[11],
        FileSearches = _sums[12],
        CodeSessions = _sums[13],
    };
}
