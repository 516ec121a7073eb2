namespace BudgetProxy.Demo;

/// <summary>What the simulated provider does with its batches. The default runs every line and ends at the second look.</summary>
public sealed record SimulatedBatchPlan
{
    /// <summary>Looks at a batch that find it still at work.</summary>
    public int LooksUntilEnd { get; init; } = 1;

    /// <summary>OpenAI's status at the end; Anthropic's batches just end.</summary>
    public string End { get; init; } = "completed";

    /// <summary>The creation's status; above 299 nothing is made.</summary>
    public int CreateStatus { get; init; } = 200;

    /// <summary>Makes the batch and breaks the connection before the answer.</summary>
    public bool AbortCreate { get; init; }

    /// <summary>Wait between making a batch and saying so.</summary>
    public TimeSpan CreateDelay { get; init; }

    /// <summary>Knows no batch when asked for one by its id.</summary>
    public bool Forgets { get; init; }

    /// <summary>Changes the lines of the results before they are given out.</summary>
    public Func<IReadOnlyList<string>, IReadOnlyList<string>> Results { get; init; } = static lines => lines;

    /// <summary>Status of every answer that holds results.</summary>
    public int ResultsStatus { get; init; } = 200;
}
