namespace BudgetProxy.Core.Metering;

/// <summary>One event of a stream of server-sent events, or the late half of the line end that closed the one before.</summary>
internal readonly ref struct SseEvent
{
    /// <summary>Where its bytes begin in the window, its comments included.</summary>
    public required int Start { get; init; }

    /// <summary>Where they end in the window, its blank line included.</summary>
    public required int End { get; init; }

    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>The values of its <c>data</c> lines, joined by line feeds; empty when it has none.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>True when it was too long to be kept: it has no name and no data, and <see cref="Start"/> is where this window begins.</summary>
    public bool TooLong { get; init; }

    /// <summary>True for the line feed of a CR LF whose two bytes came in different chunks: it shares the fate of the event it closes.</summary>
    public bool Trailing { get; init; }

    /// <summary>True when the stream ended before the event's blank line.</summary>
    public bool Cut { get; init; }
}
