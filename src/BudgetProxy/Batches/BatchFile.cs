namespace BudgetProxy.Batches;

/// <summary>A file at OpenAI that belongs to a tenant: one that it uploaded, or the results of one of its batches.</summary>
public sealed record BatchFile
{
    public required string Tenant { get; init; }

    /// <summary>The provider's id.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Names the file's lines in the store; null = results, which have none.</summary>
    public Guid? Lines { get; init; }

    /// <summary>How many lines it has; 0 for results.</summary>
    public int LineCount { get; init; }

    /// <summary>The provider's answer to the upload, as JSON; null = not known.</summary>
    public string? Answer { get; init; }

    /// <summary>The batch whose results it holds; null = it was uploaded.</summary>
    public Guid? Batch { get; init; }
}
