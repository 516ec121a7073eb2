using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;

namespace BudgetProxy.Alerts;

/// <summary>
/// What the ledger has been written lately, in sums, beside the calls' path: both methods cost what the span holds, however long the ledger is. They may
/// throw <see cref="StoreUnavailableException"/> and nothing else but cancellation.
/// </summary>
public interface ISpendSource
{
    /// <summary>Who spent in entries settled from an instant on, each once: at most <paramref name="most"/>, from whatever tenant.</summary>
    ValueTask<IReadOnlyList<Spender>> SpendersAsync(DateTimeOffset from, int most, CancellationToken cancellationToken);

    /// <summary>What each tenant's entries settled from an instant on cost.</summary>
    ValueTask<IReadOnlyDictionary<string, NanoUsd>> SpendAsync(DateTimeOffset from, CancellationToken cancellationToken);
}
