using System.Collections.Concurrent;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Runs;

/// <summary>The runs of a tenant that a proxy has met, with a limit or without.</summary>
/// <param name="counters">The budget in which they are counted, as it stood in the directory when they were read.</param>
internal sealed class TenantRuns(Budget counters)
{
    private readonly ConcurrentDictionary<string, KnownRun> _runs = new(StringComparer.Ordinal);

    public int Count => _runs.Count;

    /// <summary>Every one that was named by a call since that timestamp and has a limit.</summary>
    public IEnumerable<Run> UsedSince(long since) => _runs.Values.Where(known => known.UsedAt >= since).Select(known => known.Run).OfType<Run>();

    /// <summary>
    /// True while the directory still shows that very budget. A tenant that was deleted and made again has another one, and what is known of its former runs
    /// holds no more; after any other change of the tenant they are merely read once more.
    /// </summary>
    public bool AreOf(Budget budget) => ReferenceEquals(counters, budget);

    public KnownRun? Find(string run) => _runs.GetValueOrDefault(run);

    /// <summary>Takes in what the store said: of two states the later, however late its answer came, and that there is no limit only where none is known.</summary>
    /// <returns>What is now known.</returns>
    public Run? Know(string id, Run? said, long now) => _runs.AddOrUpdate(
        id,
        _ => new KnownRun(said, now),
        (_, known) => said is null || known.Run?.ChangedAt > said.ChangedAt ? known : new KnownRun(said, known.UsedAt)).Run;

    /// <summary>Takes in a change of one that is known.</summary>
    public void Follow(Run changed)
    {
        if (_runs.ContainsKey(changed.Id))
            Know(changed.Id, changed, 0);
    }

    /// <summary>Forgets the half that no call has named for longest.</summary>
    public void Halve()
    {
        foreach (var (id, _) in _runs.OrderBy(known => known.Value.UsedAt).Take((_runs.Count + 1) / 2).ToList())
            _runs.TryRemove(id, out _);
    }
}
