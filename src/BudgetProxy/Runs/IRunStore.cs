using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;

namespace BudgetProxy.Runs;

/// <summary>
/// Keeps runs with a limit of their own, durably and for all proxies. What a method writes is on disk when it returns. All may throw
/// <see cref="StoreUnavailableException"/>: whether the step took effect is then not known.
/// </summary>
public interface IRunStore
{
    /// <summary>Makes a run or changes its limit; one that has ended is left as it is.</summary>
    /// <returns>The run as it now stands.</returns>
    ValueTask<Run> PutAsync(string tenant, string run, NanoUsd limit, CancellationToken cancellationToken);

    /// <summary>Null = no limit was ever set for it.</summary>
    ValueTask<Run?> FindAsync(string tenant, string run, CancellationToken cancellationToken);

    /// <summary>Ends a run, once.</summary>
    /// <returns>The run as it now stands; null = there is none.</returns>
    ValueTask<Run?> EndAsync(string tenant, string run, CancellationToken cancellationToken);

    /// <summary>Takes note that a run is in use, so that it is not forgotten.</summary>
    ValueTask TouchAsync(string tenant, string run, CancellationToken cancellationToken);

    /// <summary>Runs that were changed since an instant of the store's clock, and what that clock says now.</summary>
    ValueTask<(IReadOnlyList<Run> Runs, DateTimeOffset Now)> ChangedAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Forgets runs that were last changed so many days ago.</summary>
    ValueTask ForgetAsync(int days, CancellationToken cancellationToken);
}
