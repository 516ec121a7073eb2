using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Alerts;

/// <summary>
/// Looks at counters and finds the shares of their limits that they have come to. Each share rings once: for a calendar window once in it, for a rolling
/// one once in its length, for a lifetime once; and again where the limit that holds has become another (a new definition, a top-up) or the counter was set
/// back, since the row that decides is named by limit and shape too.
/// </summary>
public sealed class ThresholdCheck(TenantDirectory directory, IReservationStore reservations, AlertBodies bodies, TimeProvider clock)
{
    /// <summary>Counters that one step of the store reads.</summary>
    private const int StepSize = 100;

    /// <summary>A counter that has rung its last share is not read again for so long, however often it is touched.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly Dictionary<CounterKey, (Budget Budget, DateTimeOffset Until)> _resting = [];

    /// <summary>What the counters have come to, whether or not it rang before.</summary>
    /// <exception cref="StoreUnavailableException">They can't be read.</exception>
    public async Task<List<AlertCandidate>> CheckAsync(IReadOnlyList<CounterKey> counters, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var snapshot = directory.Current;
        var holds = new Dictionary<string, List<Hold>>(StringComparer.Ordinal);
        foreach (var counter in counters)
        {
            if (snapshot.FindBudget(counter.Tenant, counter.Budget) is not { AlertAtPercent.Count: > 0 } budget || Rests(counter, budget, now))
                continue;
            if (!holds.TryGetValue(counter.Tenant, out var list))
                holds.Add(counter.Tenant, list = []);
            list.Add(new Hold(budget, counter.Value, 0));
        }

        if (_resting.Count > CallSignals.MostCounters)
            _resting.Clear();
        var found = new List<AlertCandidate>();
        foreach (var list in holds.Values)
        {
            foreach (var step in list.Chunk(StepSize))
            {
                foreach (var state in await reservations.PeekAsync(step, cancellationToken))
                    Look(state, now, found);
            }
        }

        return found;
    }

    private bool Rests(CounterKey counter, Budget budget, DateTimeOffset now) =>
        _resting.TryGetValue(counter, out var rest) && ReferenceEquals(rest.Budget, budget) && now < rest.Until;

    private void Look(BudgetState state, DateTimeOffset now, List<AlertCandidate> found)
    {
        var budget = state.Budget;
        // Top-ups are in what remains, so this is what holds now.
        var limit = state.Remaining + state.Spent + state.Held;
        if (limit <= 0)
            return;
        var all = true;
        foreach (var percent in budget.AlertAtPercent)
        {
            if ((Int128)state.Spent * 100 < (Int128)limit * percent)
                all = false;
            else
                found.Add(new AlertCandidate(bodies.Threshold(state, limit, percent), MarkOf(state, limit, percent, now)));
        }

        if (all)
            _resting[new CounterKey(budget.Tenant, budget.Name, state.ScopeValue)] = (budget, now + Rest);
    }

    private static AlertMark MarkOf(BudgetState state, long limit, int percent, DateTimeOffset now)
    {
        var budget = state.Budget;
        var (window, until) = budget.Window.Kind switch
        {
            WindowKind.Rolling => ("", now + budget.Window.Rolling),
            WindowKind.Lifetime => ("", (DateTimeOffset?)null),
            // By the store's clock, so that all proxies name the same window.
            _ => ($"{state.ResetsAt?.ToUnixTimeMilliseconds()}", state.ResetsAt),
        };
        return AlertMark.Of(
            AlertKinds.BudgetThreshold, until, budget.Tenant, budget.Name, budget.Shape, state.ScopeValue, window, $"{percent}", $"{limit}");
    }
}
