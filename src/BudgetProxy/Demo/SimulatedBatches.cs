using System.Collections.Concurrent;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Demo;

/// <summary>The files and batches of the simulated provider, and what it charges for their lines. Safe for any number of callers.</summary>
public sealed class SimulatedBatches
{
    private readonly ConcurrentQueue<SimulatedBatchLine> _lines = new();
    private int _made;

    public ConcurrentDictionary<string, SimulatedFile> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>All batches by id.</summary>
    public ConcurrentDictionary<string, SimulatedBatch> All { get; } = new(StringComparer.Ordinal);

    /// <summary>Every line that was run.</summary>
    public IReadOnlyList<SimulatedBatchLine> Lines => [.. _lines];

    /// <summary>Sum of what is billed for lines.</summary>
    public Usage Billed => _lines.Aggregate(default(Usage), static (sum, line) => new Usage
    {
        Input = sum.Input + line.Billed.Input,
        CachedInput = sum.CachedInput + line.Billed.CachedInput,
        CacheWriteShort = sum.CacheWriteShort + line.Billed.CacheWriteShort,
        CacheWriteLong = sum.CacheWriteLong + line.Billed.CacheWriteLong,
        Output = sum.Output + line.Billed.Output,
        Reasoning = sum.Reasoning + line.Billed.Reasoning,
    });

    internal string NextId(string prefix) => $"{prefix}simulated{Interlocked.Increment(ref _made):x8}";

    internal void Book(SimulatedBatchLine line) => _lines.Enqueue(line);

    internal SimulatedFile AddFile(string name, string purpose, DateTimeOffset now, ReadOnlyMemory<byte> bytes)
    {
        var file = new SimulatedFile(NextId("file-"), name, purpose, now, bytes);
        Files[file.Id] = file;
        return file;
    }
}
