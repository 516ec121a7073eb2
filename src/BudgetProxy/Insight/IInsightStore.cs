using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Insight;

/// <summary>
/// What is kept for those who look on, beside the books: refusals, what the proxies are at, how the stores are. Nothing here is on a call's path. Every
/// method may throw <see cref="Reservations.StoreUnavailableException"/> and nothing else but cancellation.
/// </summary>
public interface IInsightStore
{
    /// <summary>Adds to what is counted already.</summary>
    ValueTask AddRefusalsAsync(IReadOnlyList<RefusalCount> counts, CancellationToken cancellationToken);

    /// <param name="tenant">Null = everyone's.</param>
    /// <param name="from">A whole hour.</param>
    /// <param name="most">Reasons in <see cref="RefusalSummary.Recent"/>.</param>
    ValueTask<RefusalSummary> RefusalsAsync(string? tenant, DateTimeOffset from, int most, CancellationToken cancellationToken);

    /// <summary>Drops what is older.</summary>
    ValueTask ForgetRefusalsAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Tells the others what this proxy is at; <see cref="ProxyPulse.HeldNanoUsd"/> is filled in by the store.</summary>
    ValueTask BeatAsync(ProxyPulse pulse, CancellationToken cancellationToken);

    /// <summary>What all proxies said in the last five seconds.</summary>
    ValueTask<IReadOnlyList<ProxyPulse>> PulsesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The counters of these budgets that are nearest their limits, as of the last commit; what is held may be left out. Leaves nothing in memory for it.
    /// </summary>
    /// <param name="budgets">Of any tenants, some thousands at most.</param>
    /// <param name="most">Counters of each budget.</param>
    ValueTask<IReadOnlyList<BudgetState>> FullestAsync(IReadOnlyList<Budget> budgets, int most, CancellationToken cancellationToken);

    /// <summary>Asks every store how it is; one that does not answer within two seconds is not well. Never throws for a store's sake.</summary>
    ValueTask<IReadOnlyList<StoreState>> CheckAsync(CancellationToken cancellationToken);
}
