using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Tenants;

/// <summary>The customer whose money is limited, with its budgets. Immutable; part of one directory snapshot.</summary>
public sealed record Tenant
{
    /// <summary>1 to 64 of <c>a-z 0-9 - _ .</c>, starting with a letter or digit.</summary>
    public required string Id { get; init; }

    public string? Name { get; init; }

    /// <summary>Id of the plan that the tenant is on; null = none.</summary>
    public string? Plan { get; init; }

    /// <summary>The plan itself, in a snapshot; null = the tenant is on none.</summary>
    public Plan? Terms { get; init; }

    /// <summary>IANA zone for budgets that set none; null = UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The zone that <see cref="TimeZone"/> names.</summary>
    public TimeZoneInfo Zone => TimeZone is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    /// <summary>Its customer at Stripe, <c>cus_…</c>, to which its usage is sent; null = what it uses waits.</summary>
    public string? StripeCustomerId { get; init; }

    /// <summary>Hundredths of a percent: 1,500 = 15 %.</summary>
    public int MarkupBasisPoints { get; init; }

    /// <summary>The tenant's own model patterns with <c>*</c>; empty = none: see <see cref="ModelsInForce"/>.</summary>
    public IReadOnlyList<string> AllowedModels { get; init; } = [];

    /// <summary>The tenant's own per-call ceiling; null = none: see <see cref="CeilingInForce"/>.</summary>
    public NanoUsd? MaxCall { get; init; }

    public bool Suspended { get; init; }

    /// <summary>The budgets in force: the tenant's own in the order they were made, then those of its plan whose names it lacks.</summary>
    public IReadOnlyList<Budget> Budgets { get; init; } = [];

    /// <summary>Top-ups and resets of the budgets in force, by budget and in the order they were done.</summary>
    public IReadOnlyList<BudgetAct> Acts { get; init; } = [];

    /// <summary>Without those of its plan.</summary>
    public IEnumerable<Budget> OwnBudgets => Budgets.Where(budget => budget.Plan is null);

    /// <summary>The model patterns that hold for its calls: its own, else its plan's; empty = all.</summary>
    public IReadOnlyList<string> ModelsInForce => AllowedModels.Count > 0 || Terms is null ? AllowedModels : Terms.AllowedModels;

    /// <summary>The per-call ceiling that holds for its calls: its own, else its plan's; null = none.</summary>
    public NanoUsd? CeilingInForce => MaxCall ?? Terms?.MaxCall;

    /// <summary>True: on a prepaid plan, so that what its calls are charged is taken from its credit and not billed.</summary>
    public bool PaysBefore => Terms?.Billing == PlanBilling.Prepaid;

    /// <summary>The budget that keeps its credit: its own where it has one by the name of its plan's; null = it pays nothing before.</summary>
    public Budget? Credit => Terms?.Credit is { } credit
        ? Budgets.FirstOrDefault(budget => budget.IsCredit && string.Equals(budget.Name, credit.Name, StringComparison.Ordinal))
        : null;

    /// <summary>True where it is to pay before and its own budget stands in the way of the credit's: nothing would keep it from calling without.</summary>
    internal bool LacksCredit => Terms?.Credit is not null && Credit is null;

    /// <summary>The tenant under these terms: with the plan's budgets beside its own, all without a zone in the tenant's.</summary>
    internal Tenant Under(Plan? plan)
    {
        var credit = plan?.Credit?.Name;
        var own = OwnBudgets.Select(budget => Keeping(InZone(budget), credit)).ToList();
        var names = own.Select(budget => budget.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var budget in plan?.Budgets ?? [])
        {
            if (!names.Contains(budget.Name))
                own.Add(Keeping(InZone(budget with { Tenant = Id, Plan = plan!.Id }), credit));
        }

        return Acts.Count == 0
            ? this with { Terms = plan, Budgets = own }
            : this with { Terms = plan, Budgets = own.ConvertAll(WithActs), Acts = InOrder(own.Select(budget => budget.Name).ToHashSet(StringComparer.Ordinal)) };
    }

    /// <summary>What was done to a budget that is in force no more counts nowhere.</summary>
    private List<BudgetAct> InOrder(HashSet<string> inForce) =>
    [
        .. Acts.Where(act => inForce.Contains(act.Budget)).OrderBy(act => act.Budget, StringComparer.Ordinal).ThenBy(act => act.At)
            .ThenBy(act => act.Id, StringComparer.Ordinal),
    ];

    private Budget WithActs(Budget budget)
    {
        var acts = Acts.Where(act => string.Equals(act.Budget, budget.Name, StringComparison.Ordinal)).ToList();
        return acts.Count == 0 && budget.Acts.All.Count == 0 ? budget : budget.With(acts);
    }

    /// <param name="credit">The name of the budget that keeps credit; null = none does.</param>
    private static Budget Keeping(Budget budget, string? credit)
    {
        var keeps = budget.IsCredit && string.Equals(budget.Name, credit, StringComparison.Ordinal);
        return budget.OnlyPrepaid == keeps ? budget : budget with { OnlyPrepaid = keeps };
    }

    private Budget InZone(Budget budget) => budget.InheritsTimeZone && budget.Window.TimeZone.Id != Zone.Id
        ? budget with { Window = budget.Window with { TimeZone = Zone } }
        : budget;
}
