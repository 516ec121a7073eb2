using BudgetProxy.Core.Learning;
using BudgetProxy.Learning;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tests.Learning;

/// <summary>A store that can be away.</summary>
internal sealed class AwayLearningStore(ILearningStore inner) : ILearningStore
{
    public bool Away { get; set; }

    public ValueTask AddAsync(IReadOnlyList<(LearnedKey Key, LearnedPart Part)> parts, CancellationToken cancellationToken) =>
        Away ? throw new StoreUnavailableException("Away.") : inner.AddAsync(parts, cancellationToken);

    public ValueTask<IReadOnlyList<LearnedRow>> ReadAsync(long version, int most, CancellationToken cancellationToken) =>
        Away ? throw new StoreUnavailableException("Away.") : inner.ReadAsync(version, most, cancellationToken);
}
