using BudgetProxy.Ledger;
using BudgetProxy.Tests.Embedded;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Insight;

public sealed class SqliteUsageSumsTests : UsageSumsContract, IDisposable
{
    private readonly EmbeddedStoreFactory _store = new(new TestClock());

    protected override ILedger Ledger => _store.Ledger;

    public void Dispose() => _store.Dispose();

    /// <summary>Every other time the store ends between the entries and their sums, and is opened on what was there.</summary>
    protected override async Task BookAsync(IReadOnlyList<LedgerEntry> entries)
    {
        await _store.Ledger.AppendAsync(entries, [], CancellationToken.None);
        if (entries.Count % 2 == 0)
            _store.Crash();
    }
}
