using BudgetProxy.Reservations;

namespace BudgetProxy.Tenants;

/// <summary>
/// The directory's seam: load all, write one step, and what others have changed. Durable when it returns. Every method may throw
/// <see cref="StoreUnavailableException"/> and nothing else but cancellation.
/// </summary>
public interface IDirectoryStore
{
    ValueTask<DirectoryContent> LoadAsync(CancellationToken cancellationToken);

    /// <summary>What has changed since a version that <see cref="LoadAsync"/> or this gave, this proxy's own changes included; null = nothing.</summary>
    ValueTask<DirectoryChanges?> ChangesSinceAsync(long version, CancellationToken cancellationToken);

    /// <summary>Stores a step with its audit entries, all of it or nothing.</summary>
    /// <returns>The version of the change feed with this step; null = something was written since <see cref="DirectoryWrite.Since"/>, and nothing was stored.</returns>
    ValueTask<long?> WriteAsync(DirectoryWrite write, CancellationToken cancellationToken);
}
