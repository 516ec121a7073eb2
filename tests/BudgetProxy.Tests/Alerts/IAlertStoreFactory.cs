using BudgetProxy.Alerts;
using BudgetProxy.Ledger;

namespace BudgetProxy.Tests.Alerts;

/// <summary>Makes a store of alerts on a fresh database.</summary>
public interface IAlertStoreFactory : IAsyncDisposable
{
    IAlertStore Store { get; }

    /// <summary>A second one on the same database, as another proxy has it.</summary>
    IAlertStore Other { get; }

    ISpendSource Spend { get; }

    /// <summary>Books entries in the ledger that <see cref="Spend"/> reads.</summary>
    Task AppendAsync(IReadOnlyList<LedgerEntry> entries);
}
