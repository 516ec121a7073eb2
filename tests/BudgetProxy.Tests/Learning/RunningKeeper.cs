using BudgetProxy.Core.Learning;
using BudgetProxy.Embedded;
using BudgetProxy.Learning;
using BudgetProxy.Tenants;
using Microsoft.Extensions.Logging.Abstractions;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Learning;

/// <summary>A keeper before a real store that can be taken away, with the tenant acme in its directory. Its turns are taken by the test.</summary>
internal sealed class RunningKeeper : IAsyncDisposable
{
    private readonly LearningKeeper _keeper;
    private readonly IDisposable? _books;

    private RunningKeeper(Learner learner, AwayLearningStore store, TenantDirectory directory, IDisposable? books)
    {
        Store = store;
        Directory = directory;
        _books = books;
        _keeper = new LearningKeeper(learner, store, directory, TimeProvider.System, NullLogger<LearningKeeper>.Instance);
    }

    public AwayLearningStore Store { get; }

    public TenantDirectory Directory { get; }

    public static async Task<RunningKeeper> StartAsync(string folder, Learner learner)
    {
        var database = new EmbeddedDatabase(folder);
        var books = new EmbeddedStore(database, TimeProvider.System);
        var directory = new TenantDirectory(new SqliteDirectoryStore(database), books, TimeProvider.System);
        await directory.StartAsync("an admin key of a test", CancellationToken.None);
        await directory.PutTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        var keeper = new RunningKeeper(learner, new AwayLearningStore(new SqliteLearningStore(database)), directory, new Books(directory, books, database));
        await keeper._keeper.StartAsync(CancellationToken.None);
        return keeper;
    }

    /// <summary>Another proxy before the same store.</summary>
    public async Task<RunningKeeper> BesideAsync(Learner learner)
    {
        var keeper = new RunningKeeper(learner, Store, Directory, null);
        await keeper._keeper.StartAsync(CancellationToken.None);
        return keeper;
    }

    public Task TurnAsync() => _keeper.TurnAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _keeper.StopAsync(CancellationToken.None);
        _keeper.Dispose();
        _books?.Dispose();
    }

    private sealed class Books(TenantDirectory directory, EmbeddedStore store, EmbeddedDatabase database) : IDisposable
    {
        public void Dispose()
        {
            directory.Dispose();
            store.Dispose();
            database.Dispose();
        }
    }
}
