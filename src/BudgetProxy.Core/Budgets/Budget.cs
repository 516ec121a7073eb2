namespace BudgetProxy.Core.Budgets;

/// <summary>A limit for a scope in a window: the definition an admin sets, validated. Immutable.</summary>
public sealed record Budget
{
    public required string Tenant { get; init; }

    /// <summary>Unique within the tenant.</summary>
    public required string Name { get; init; }

    /// <summary>One counter for each value of this; null = one counter for all matching calls.</summary>
    public BudgetDimension? Per { get; init; }

    /// <summary>The tag's name when <see cref="Per"/> is <see cref="BudgetDimension.Tag"/>.</summary>
    public string? PerTag { get; init; }

    /// <summary>Which calls count; empty = all of the tenant's.</summary>
    public IReadOnlyList<BudgetMatch> Match { get; init; } = [];

    public required LimitKind LimitKind { get; init; }

    /// <summary>Nano-dollars, calls or tokens by <see cref="LimitKind"/>; 0 refuses every call, at most 2^52.</summary>
    public required long Limit { get; init; }

    public required BudgetWindow Window { get; init; }

    /// <summary>True when the window's zone is the tenant's own, so that a change there moves this budget too.</summary>
    public bool InheritsTimeZone { get; init; }

    public BudgetMode Mode { get; init; }

    public Admission Admission { get; init; }

    /// <summary>Shares of the limit (0.5 = half) at which to alert, in percent.</summary>
    public IReadOnlyList<int> AlertAtPercent { get; init; } = [];

    /// <summary>
    /// Names the counters' meaning: two definitions with the same shape count the same calls in the same windows, so a change of limit,
    /// mode or admission keeps the counters and a change of shape starts them afresh from the ledger.
    /// </summary>
    /// <remarks>Made anew at each call: keep it where it is asked for often.</remarks>
    public string Shape => BudgetShape.Of(this);
}
