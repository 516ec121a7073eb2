using BudgetProxy.Core.Money;

namespace BudgetProxy.Core.Budgets;

/// <summary>A limit for a scope in a window: the definition an admin sets, validated. Immutable.</summary>
public sealed record Budget
{
    public required string Tenant { get; init; }

    /// <summary>Unique within the tenant.</summary>
    public required string Name { get; init; }

    /// <summary>Id of the plan that gives it to the tenant; null = it is the tenant's own. Counted alike.</summary>
    public string? Plan { get; init; }

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
    /// True where prepaid credit can be kept in it: every call of the tenant takes what it is charged from one counter that never begins anew, and none is let
    /// through without.
    /// </summary>
    public bool IsCredit => this is { LimitKind: LimitKind.Charged, Window.Kind: WindowKind.Lifetime, Per: null, Match.Count: 0, Mode: BudgetMode.Enforce };

    /// <summary>True in the budget that keeps the credit of a tenant on a prepaid plan: only calls that are paid from it count. Set by the tenant's plan, and no part of the definition.</summary>
    public bool OnlyPrepaid { get; init; }

    /// <summary>Its top-ups and resets: no part of the definition, and kept when that is replaced.</summary>
    public BudgetActs Acts { get; init; } = BudgetActs.None;

    /// <summary>
    /// Names the counters' meaning: two definitions with the same shape count the same calls in the same windows, so a change of limit,
    /// mode or admission, or a top-up, keeps the counters, and a change of shape or a reset starts them afresh from the ledger.
    /// </summary>
    /// <remarks>Made anew at each call: keep it where it is asked for often.</remarks>
    public string Shape => BudgetShape.Of(this);

    /// <summary>What a counter may come to in a slot of the window: the limit with its top-ups there, at most 2^52.</summary>
    public long LimitIn(string scope, in WindowSlot slot) => Math.Min(Limit + ToppedUpIn(scope, slot), NanoUsd.MaxLimit.Value);

    /// <summary>What top-ups add to the limit of a counter in a slot of the window; 0 where the limit is not money.</summary>
    /// <param name="scope">Null = what every counter has.</param>
    public long ToppedUpIn(string? scope, in WindowSlot slot) => LimitKind.IsMoney() ? Acts.ToppedUp(scope, Window, slot) : 0;

    /// <summary>The same budget with these top-ups and resets in place of those it has.</summary>
    public Budget With(IReadOnlyList<BudgetAct> acts) => this with { Acts = BudgetActs.Of(acts, Per?.Name(PerTag)) };
}
