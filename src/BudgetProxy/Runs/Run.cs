using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Runs;

/// <summary>An agent run with a limit of its own. Immutable.</summary>
public sealed record Run
{
    private Budget? _budget;

    public required string Tenant { get; init; }

    /// <summary>As calls name it in <c>X-BudgetProxy-Run</c>.</summary>
    public required string Id { get; init; }

    public required NanoUsd Limit { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When no further call of it was to be taken; null = it goes on.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Adds the run's own limit to the holds of a call of it, in the place of the counters' own hold.</summary>
    /// <param name="worst">The call's worst case.</param>
    public void Join(List<Hold> holds, NanoUsd worst)
    {
        for (var i = 0; i < holds.Count; i++)
        {
            if (!RunBudget.Counts(holds[i].Budget))
                continue;
            holds[i] = HoldIn(holds[i].Budget, worst);
            return;
        }

        holds.Add(HoldIn(null, worst));
    }

    /// <summary>The hold of the run's own limit.</summary>
    /// <param name="counters">The tenant's budget that counts runs; null = it has none just now.</param>
    public Hold HoldIn(Budget? counters, NanoUsd worst) => new(
        counters is null || RunBudget.IsPlain(counters) ? Budget : counters with { Limit = Limit.Value, Mode = BudgetMode.Enforce }, Id, worst.Value);

    // Made once: stores keep what they make of a budget by reference.
    private Budget Budget => _budget ??= RunBudget.Of(Tenant) with { Limit = Limit.Value, Mode = BudgetMode.Enforce };
}
