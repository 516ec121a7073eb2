using BudgetProxy.Core.Requests;
using BudgetProxy.Reservations;

namespace BudgetProxy.Batches;

/// <summary>
/// Keeps batches, the files they come from and their lines, durably and for all proxies. What a method writes is on disk when it returns. All may throw
/// <see cref="StoreUnavailableException"/>: whether the step took effect is then not known.
/// </summary>
public interface IBatchStore
{
    /// <summary>Takes in a file with its lines, all of it or nothing; one that is there already is left as it is.</summary>
    ValueTask AddFileAsync(BatchFile file, IReadOnlyList<byte[]> chunks, CancellationToken cancellationToken);

    /// <summary>The tenant's file; null = it has none of this id.</summary>
    ValueTask<BatchFile?> FindFileAsync(string tenant, string id, CancellationToken cancellationToken);

    /// <summary>The tenant's files, latest first.</summary>
    /// <param name="most">How many at most.</param>
    ValueTask<IReadOnlyList<BatchFile>> FilesAsync(string tenant, int most, CancellationToken cancellationToken);

    /// <summary>Forgets a file and its lines.</summary>
    ValueTask RemoveFileAsync(string tenant, string id, CancellationToken cancellationToken);

    /// <summary>Takes in a batch with its lines.</summary>
    /// <param name="nextLook">When a proxy looks after it unless something happens before.</param>
    ValueTask AddAsync(Batch batch, IReadOnlyList<byte[]> chunks, DateTimeOffset nextLook, CancellationToken cancellationToken);

    /// <summary>A chunk of lines of a file or of a batch; null = there are no more.</summary>
    ValueTask<byte[]?> ChunkAsync(Guid lines, int number, CancellationToken cancellationToken);

    /// <summary>Takes a batch from one state to the next, where it is still in that state; settling it drops its lines.</summary>
    /// <param name="providerId">The provider's id where it has become known; null leaves it.</param>
    /// <param name="answer">What the provider says of it; null leaves it.</param>
    /// <returns>False = it is in another state, or another batch has that id: nothing was written.</returns>
    ValueTask<bool> MoveAsync(Guid id, BatchState from, BatchState to, string? providerId, string? answer, CancellationToken cancellationToken);

    /// <summary>Takes a prepared batch to being sent, and keeps every proxy from looking at it meanwhile.</summary>
    /// <param name="nextLook">Later than the sending can last.</param>
    /// <returns>False = it was given up before: nothing was written, and it must not be sent.</returns>
    ValueTask<bool> BeginSendingAsync(Guid id, DateTimeOffset nextLook, CancellationToken cancellationToken);

    /// <summary>Drops a batch that came to nothing, with its lines.</summary>
    ValueTask RemoveAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Keeps what the provider says of a batch.</summary>
    /// <param name="isFinal">True = the provider calls it ended. Another answer is older than what a settled batch holds, and changes nothing there.</param>
    ValueTask SaveAnswerAsync(Guid id, string answer, bool isFinal, CancellationToken cancellationToken);

    /// <summary>The tenant's batch; null = it has none of this id.</summary>
    ValueTask<Batch?> FindAsync(string tenant, Provider provider, string providerId, CancellationToken cancellationToken);

    /// <summary>A batch by its own id; null = there is none.</summary>
    ValueTask<Batch?> GetAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>The tenant's batches whose provider's id is known, latest first.</summary>
    /// <param name="after">Only those made before this one; null = from the latest.</param>
    ValueTask<IReadOnlyList<Batch>> ListAsync(string tenant, Provider provider, Guid? after, int most, CancellationToken cancellationToken);

    /// <summary>True where a batch of any tenant has this id at the provider.</summary>
    ValueTask<bool> IsTakenAsync(Provider provider, string providerId, CancellationToken cancellationToken);

    /// <summary>Gives this proxy one batch that is due and that no other is at, for a while; null = none is due.</summary>
    /// <param name="owner">This proxy.</param>
    ValueTask<Batch?> ClaimAsync(Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Keeps a claimed batch for longer.</summary>
    /// <returns>False = another proxy has it by now.</returns>
    ValueTask<bool> RenewAsync(Guid id, Guid owner, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Gives a claimed batch back until its next look.</summary>
    /// <param name="failures">Looks that failed in a row.</param>
    ValueTask ReleaseAsync(Guid id, Guid owner, DateTimeOffset nextLook, int failures, CancellationToken cancellationToken);

    /// <summary>Has a batch looked at as soon as can be.</summary>
    ValueTask HurryAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Batches that are not settled.</summary>
    ValueTask<int> OpenAsync(CancellationToken cancellationToken);
}
