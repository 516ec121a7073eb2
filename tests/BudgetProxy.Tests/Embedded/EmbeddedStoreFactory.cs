using BudgetProxy.Embedded;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Tests.Reservations;

namespace BudgetProxy.Tests.Embedded;

/// <summary>The embedded store in a folder of its own. A crash leaves the old store as it stands and opens a copy of its files.</summary>
public sealed class EmbeddedStoreFactory : IStoreFactory
{
    private readonly TimeProvider _clock;
    private readonly List<IDisposable> _owned = [];
    private readonly List<DirectoryInfo> _folders = [];

    public EmbeddedStoreFactory(TimeProvider clock)
    {
        _clock = clock;
        _folders.Add(Directory.CreateTempSubdirectory("budgetproxy-"));
        Open();
    }

    public EmbeddedStore Embedded { get; private set; } = null!;

    public EmbeddedDatabase Database { get; private set; } = null!;

    public IReservationStore Store => Embedded;

    public ILedger Ledger => Embedded;

    public string Folder => _folders[^1].FullName;

    public void Crash()
    {
        var next = Directory.CreateTempSubdirectory("budgetproxy-");
        foreach (var file in new[] { "budgetproxy.db", "budgetproxy.db-wal" })
            File.Copy(Path.Combine(Folder, file), Path.Combine(next.FullName, file));
        _folders.Add(next);
        Open();
    }

    public void Dispose()
    {
        for (var i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
        foreach (var folder in _folders)
            folder.Delete(recursive: true);
    }

    private void Open()
    {
        Database = new EmbeddedDatabase(Folder);
        _owned.Add(Database);
        Embedded = new EmbeddedStore(Database, _clock);
        _owned.Add(Embedded);
    }
}
