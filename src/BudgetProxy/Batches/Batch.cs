namespace BudgetProxy.Batches;

/// <summary>A batch as the store has it.</summary>
public sealed record Batch
{
    /// <summary>UUIDv7: the reservation's id, and the request id of every entry.</summary>
    public required Guid Id { get; init; }

    public required string Tenant { get; init; }

    public required BatchState State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required BatchDefinition Definition { get; init; }

    /// <summary>The provider's id; null = not known (yet).</summary>
    public string? ProviderId { get; init; }

    /// <summary>What the provider last said of it, as JSON; null = nothing yet.</summary>
    public string? Answer { get; init; }

    /// <summary>Looks at the provider in a row that failed.</summary>
    public int Failures { get; init; }
}
