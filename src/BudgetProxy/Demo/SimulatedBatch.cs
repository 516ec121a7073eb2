namespace BudgetProxy.Demo;

/// <summary>A batch at the simulated provider.</summary>
public sealed class SimulatedBatch
{
    public required string Id { get; init; }

    public required bool Anthropic { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string InputFile { get; init; } = "";

    public string Endpoint { get; init; } = "";

    public string Metadata { get; init; } = "null";

    /// <summary>Custom id, path and body of each line.</summary>
    public required IReadOnlyList<(string CustomId, string Path, string Body)> Lines { get; init; }

    public int Looks { get; internal set; }

    public bool Cancelled { get; internal set; }

    /// <summary>OpenAI's status, or Anthropic's processing status; an end never changes.</summary>
    public string Status { get; internal set; } = "in_progress";

    public int Answered { get; internal set; }

    public int Failed { get; internal set; }

    /// <summary>Lines that were never run.</summary>
    public int Unfinished { get; internal set; }

    public string? OutputFile { get; internal set; }

    public string? ErrorFile { get; internal set; }

    /// <summary>Anthropic's results.</summary>
    public IReadOnlyList<string> Results { get; internal set; } = [];

    public bool Ended { get; internal set; }
}
