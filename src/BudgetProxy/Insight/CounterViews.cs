using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;

namespace BudgetProxy.Insight;

/// <summary>Counters as onlookers read them: very many as they were at the last commit, and few as they stand.</summary>
public sealed class CounterViews(IInsightStore store, IReservationStore reservations)
{
    /// <inheritdoc cref="IInsightStore.FullestAsync"/>
    public ValueTask<IReadOnlyList<BudgetState>> FullestAsync(IReadOnlyList<Budget> budgets, int most, CancellationToken cancellationToken) =>
        store.FullestAsync(budgets, most, cancellationToken);

    /// <summary>One counter, what is held included.</summary>
    public async ValueTask<BudgetState> NowAsync(Budget budget, string scope, CancellationToken cancellationToken) =>
        (await reservations.PeekAsync([new Hold(budget, scope, 0)], cancellationToken))[0];
}
