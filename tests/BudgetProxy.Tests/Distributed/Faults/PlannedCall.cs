namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>One call of the race: what is asked, what the provider shall do, and what became of it. Its number is in its body, and is its run.</summary>
internal sealed class PlannedCall
{
    private static int s_lastNumber;

    public required int Number { get; init; }

    public required string Tenant { get; init; }

    public required string User { get; init; }

    public required string Project { get; init; }

    public required bool Anthropic { get; init; }

    public required bool Streamed { get; init; }

    public required int MaxTokens { get; init; }

    public required int OutputTokens { get; init; }

    /// <summary>Input tokens that the provider says came from its cache.</summary>
    public int CachedTokens { get; init; }

    /// <summary>The provider reports, and bills, more output than the call allowed.</summary>
    public bool Overruns { get; init; }

    /// <summary>The provider's status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The provider breaks its connection in the middle of the answer.</summary>
    public bool ProviderBreaks { get; init; }

    /// <summary>The caller leaves once the answer has begun.</summary>
    public bool Leaves { get; init; }

    public TimeSpan FirstByteDelay { get; init; }

    public TimeSpan ChunkDelay { get; init; }

    /// <summary>Words of the prompt after its number.</summary>
    public int Words { get; init; }

    /// <summary>Which proxy it went through.</summary>
    public int Proxy { get; set; } = -1;

    public CallOutcome Outcome { get; set; }

    /// <summary>HTTP status that the caller got; 0 = none.</summary>
    public int Answered { get; set; }

    /// <summary><c>X-BudgetProxy-Code</c>.</summary>
    public string? Code { get; set; }

    /// <summary>What broke.</summary>
    public string? Error { get; set; }

    public string Run => $"c{Number:00000000}";

    /// <summary>A number that no other call of this process has.</summary>
    public static int NextNumber() => Interlocked.Increment(ref s_lastNumber);

    public override string ToString() => $"{Run} by proxy {Proxy}: {Outcome} {Answered} {Code} {Error}";
}
