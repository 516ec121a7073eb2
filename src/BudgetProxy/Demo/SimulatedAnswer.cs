using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Demo;

/// <summary>What the simulated provider does with one call. The default is a short, well-behaved answer.</summary>
public sealed record SimulatedAnswer
{
    /// <summary>Visible output tokens of each choice; the call's own output limit cuts it, as a provider does.</summary>
    public int OutputTokens { get; init; } = 12;

    /// <summary>Output tokens of each choice that are billed and never shown. They count first against the call's output limit.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>Part of the input that came from a cache; cut to the input.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Part of the input that was written to the short cache; cut to what is left of the input.</summary>
    public long CacheWriteTokens { get; init; }

    /// <summary>Part of the input that was written to the long cache; cut to what is left of the input.</summary>
    public long CacheWriteLongTokens { get; init; }

    /// <summary>The model that the answer names; null = the dated snapshot of the one asked for, where it has one.</summary>
    public string? ServedModel { get; init; }

    /// <summary>The tier that the answer names; null = what the call asked for, or none.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Wait before the status line.</summary>
    public TimeSpan FirstByteDelay { get; init; }

    /// <summary>Wait before each event of a stream after the first; with <see cref="ChunkBytes"/>, before each chunk.</summary>
    public TimeSpan ChunkDelay { get; init; }

    /// <summary>Length of the pieces a stream is sent in, whatever the events' boundaries; 0 = one event at a time.</summary>
    public int ChunkBytes { get; init; }

    /// <summary>HTTP status; one that is not 200 is answered with the provider's error shape and billed nothing.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The error's body as it stands; null = the provider's usual one for <see cref="Status"/>.</summary>
    public string? ErrorBody { get; init; }

    /// <summary>Headers besides the usual ones; they replace those of the same name.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    public SimulatedAbort Abort { get; init; }

    /// <summary>For <see cref="SimulatedAbort.InBody"/>: how many events of the stream go out whole.</summary>
    public int AbortAfterEvents { get; init; } = 3;

    /// <summary>After this many events the stream carries an error event and ends; 0 = never.</summary>
    public int ErrorAfterEvents { get; init; }

    /// <summary>Never answers: the call waits until the caller hangs up. Billed its input.</summary>
    public bool Hang { get; init; }

    /// <summary>Streams until the caller hangs up, past any output limit.</summary>
    public bool Endless { get; init; }

    /// <summary>Compresses the body.</summary>
    public bool Gzip { get; init; }

    /// <summary>Reports and bills this instead of what was produced, for instance more than the call allows.</summary>
    public Usage? Reported { get; init; }

    /// <summary>Sends no usage at all. What was produced is billed all the same.</summary>
    public bool OmitUsage { get; init; }

    /// <summary>JSON in the place of every usage object: malformed, negative, of wrong types. What was produced is billed all the same.</summary>
    public string? RawUsage { get; init; }

    /// <summary>As a line of a batch: never run, because the batch expired or was cancelled first.</summary>
    public bool Unfinished { get; init; }

    /// <summary>How often the final usage of a stream is sent.</summary>
    public int UsageCopies { get; init; } = 1;
}
