using BudgetProxy.Embedded;
using BudgetProxy.Insight;
using BudgetProxy.Tests.Embedded;

namespace BudgetProxy.Tests.Insight;

public sealed class SqliteInsightStoreTests : InsightStoreContract, IDisposable
{
    private readonly EmbeddedStoreFactory _store = new(TimeProvider.System);
    private readonly SqliteInsightStore _insight;

    public SqliteInsightStoreTests() => _insight = new SqliteInsightStore(_store.Database, _store.Embedded, TimeProvider.System);

    protected override IInsightStore Store => _insight;

    public void Dispose() => _store.Dispose();
}
