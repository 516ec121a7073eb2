using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Tenants;

/// <summary>A real store that fails or waits on demand before it writes.</summary>
internal sealed class FailingDirectoryStore(IDirectoryStore inner) : IDirectoryStore
{
    public bool Failing { get; set; }

    /// <summary>What comes before each write, with the write's own token.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = static _ => Task.CompletedTask;

    public ValueTask<DirectoryContent> LoadAsync(CancellationToken cancellationToken) => inner.LoadAsync(cancellationToken);

    public ValueTask<DirectoryChanges?> ChangesSinceAsync(long version, CancellationToken cancellationToken) =>
        inner.ChangesSinceAsync(version, cancellationToken);

    public async ValueTask<long?> WriteAsync(DirectoryWrite write, CancellationToken cancellationToken)
    {
        await Before(cancellationToken);
        return Failing ? throw new StoreUnavailableException("The disk is full.") : await inner.WriteAsync(write, cancellationToken);
    }
}
