using BudgetProxy.Billing;
using BudgetProxy.Ledger;

namespace BudgetProxy.Tests.Billing;

/// <summary>Makes the stores of buckets on a fresh database.</summary>
public interface IBillingStoreFactory : IAsyncDisposable
{
    IBillingStore Buckets { get; }

    IAccrualStore Accruals { get; }

    /// <summary>A second one on the same database, as another proxy has it.</summary>
    IBillingStore Other { get; }

    IAccrualStore OtherAccruals { get; }

    /// <summary>Sets what an hour has come to, as booked entries do: it has changed.</summary>
    Task AccrueAsync(Accrual accrual);

    /// <summary>Books entries in the ledger, and adds them up where the store does not do it by itself.</summary>
    /// <returns>The entries as they stand there.</returns>
    Task<IReadOnlyList<(EntryPlace Place, LedgerEntry Entry)>> BookAsync(IReadOnlyList<LedgerEntry> entries, DateTimeOffset now);
}
