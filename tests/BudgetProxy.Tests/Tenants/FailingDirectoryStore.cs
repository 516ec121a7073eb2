using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Tenants;

/// <summary>A real store that fails on demand before it writes.</summary>
internal sealed class FailingDirectoryStore(IDirectoryStore inner) : IDirectoryStore
{
    public bool Failing { get; set; }

    public ValueTask<DirectoryContent> LoadAsync(CancellationToken cancellationToken) => inner.LoadAsync(cancellationToken);

    public ValueTask<DirectoryChanges?> ChangesSinceAsync(long version, CancellationToken cancellationToken) =>
        inner.ChangesSinceAsync(version, cancellationToken);

    public ValueTask<long?> WriteAsync(DirectoryWrite write, CancellationToken cancellationToken) =>
        Failing ? throw new StoreUnavailableException("The disk is full.") : inner.WriteAsync(write, cancellationToken);
}
