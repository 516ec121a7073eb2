using BudgetProxy.Billing;

namespace BudgetProxy.Statements;

/// <summary>What a tenant used in a month and what that comes to, read in one state of the ledger: its parts add up to the nano-dollar.</summary>
public sealed record Statement
{
    public required string Tenant { get; init; }

    /// <summary>Null = it has none, or is deleted.</summary>
    public string? Name { get; init; }

    public required StatementMonth Month { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>The month was not over when it was made.</summary>
    public bool SoFar => MadeAt < Month.To;

    /// <summary>Everything, corrections included.</summary>
    public required StatementSums Total { get; init; }

    /// <summary>Of that, the entries that correct another. Its calls are 0.</summary>
    public required StatementSums Corrections { get; init; }

    /// <summary>By provider and model, dearest first. Together they are <see cref="Total"/>, as users and projects are.</summary>
    public required IReadOnlyList<StatementLine> Models { get; init; }

    public required IReadOnlyList<StatementLine> Users { get; init; }

    public required IReadOnlyList<StatementLine> Projects { get; init; }

    /// <summary>What becomes of what is charged; null = its amounts have no room in 64 bits.</summary>
    public BilledMonth? Billing { get; init; }
}
