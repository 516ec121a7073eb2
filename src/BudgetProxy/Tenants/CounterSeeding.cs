using System.Collections.Concurrent;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tenants;

/// <summary>
/// The counters that one change of the directory makes before it is stored, so that the first call to see a budget meets true ones. The change may have to
/// be decided again meanwhile; what was made for a tenant that is still the same need not be made again.
/// </summary>
internal sealed class CounterSeeding(IReservationStore reservations)
{
    /// <summary>Tenants whose budgets are put right, or dropped, at the same time; more would keep reports from the database.</summary>
    private const int AtOnce = 4;

    /// <summary>So many that fail in a row say that the counters are away, and not that some of them are busy: each more would take its whole patience.</summary>
    private const int MostFailures = 16;

    private readonly ConcurrentDictionary<(string Tenant, string Name), (string Shape, Tenant? Basis)> _made = new();

    /// <summary>True where counters were made, or may have been, that no change has been stored for.</summary>
    public bool HasMade => !_made.IsEmpty;

    /// <summary>Those whose counters are still to be made.</summary>
    /// <param name="basis">The snapshot that the change is decided on.</param>
    public List<Budget> Missing(DirectorySnapshot basis, IReadOnlyList<Budget> wanted) =>
        [.. wanted.Where(budget => !_made.TryGetValue((budget.Tenant, budget.Name), out var made)
            || !ReferenceEquals(made.Basis, basis.FindTenant(budget.Tenant)) || made.Shape != budget.Shape)];

    public ValueTask MakeAsync(DirectorySnapshot basis, IReadOnlyList<Budget> budgets, CancellationToken cancellationToken) => reservations.SeedAsync(
        budgets,
        // Noted before: one that fails may have been made all the same. Those that it never comes to need not be put right.
        budget => _made[(budget.Tenant, budget.Name)] = (budget.Shape, basis.FindTenant(budget.Tenant)),
        cancellationToken);

    /// <summary>
    /// Drops the counters of what is gone, and puts those right that were made for a change which then came to something else. The change stands whatever
    /// happens here: counters that stay only take room, and a budget that is made again is counted afresh.
    /// </summary>
    /// <param name="present">The snapshot in force.</param>
    /// <param name="done">What the change came to; null = nothing changed.</param>
    public async Task FinishAsync(DirectorySnapshot present, CounterChanges? done)
    {
        foreach (var budget in done?.Seeds ?? [])
            _made.TryRemove((budget.Tenant, budget.Name), out _);
        var astray = _made.Keys.ToList();
        await EachAnywayAsync(done?.Forgets ?? [], gone => gone.Tenant, gone => reservations.ForgetAsync(gone.Tenant, gone.Name, CancellationToken.None));
        await EachAnywayAsync(
            astray,
            made => made.Tenant,
            made => present.FindBudget(made.Tenant, made.Name) is { } budget
                ? reservations.SeedAsync(budget, CancellationToken.None)
                : reservations.ForgetAsync(made.Tenant, made.Name, CancellationToken.None));
    }

    /// <summary>One that fails keeps no other from being done. What fails is left as it is: every call now says more loudly that counters are away.</summary>
    private static Task EachAnywayAsync<T>(IReadOnlyList<T> all, Func<T, string> tenant, Func<T, ValueTask> work)
    {
        var failures = 0;
        return EachAsync(
            all,
            tenant,
            async one =>
            {
                if (Volatile.Read(ref failures) >= MostFailures)
                    return;
                try
                {
                    await work(one);
                    Volatile.Write(ref failures, 0);
                }
                catch (StoreUnavailableException)
                {
                    Interlocked.Increment(ref failures);
                }
            },
            CancellationToken.None);
    }

    /// <summary>Those of one tenant one after the other: they would only wait for each other at its counters.</summary>
    private static Task EachAsync<T>(IReadOnlyList<T> all, Func<T, string> tenant, Func<T, ValueTask> work, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            all.GroupBy(tenant, StringComparer.Ordinal),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (own, _) =>
            {
                foreach (var one in own)
                    await work(one);
            });
}
