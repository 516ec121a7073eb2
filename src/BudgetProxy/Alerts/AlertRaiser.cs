using System.Collections.Concurrent;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Alerts;

/// <summary>Raises what was found, unless it rang before, and wakes who tells of it. Some dozens in one step, so that no step holds the store for long.</summary>
public sealed class AlertRaiser(IAlertStore store, ProxyOptions options, AlertMetrics metrics, TimeProvider clock) : IDisposable
{
    private const int StepSize = 50;

    /// <summary>Between two steps, so that a flood of alerts leaves the store to the calls.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Marks kept in mind, so that what goes on ringing does not ask the store each second.</summary>
    private const int MostRung = 100_000;

    /// <summary>For how long a mark is taken as rung without asking again: it may be deleted, with all its tenant has, and made again.</summary>
    private static readonly TimeSpan Mind = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _rung = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _raised = new(0, 1);

    /// <summary>Completes when something was raised here, or after a while.</summary>
    public Task WhenRaisedAsync(TimeSpan most, CancellationToken cancellationToken) => _raised.WaitAsync(most, cancellationToken);

    /// <summary>Raises those that have not rung; with a delivery for everybody who wants them.</summary>
    /// <exception cref="StoreUnavailableException">Some may be raised and others not: the same candidates may be given again.</exception>
    public async Task RaiseAsync(IReadOnlyList<AlertCandidate> candidates, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var isFirst = true;
        foreach (var step in candidates.Where(candidate => !Rung(candidate.Mark, now)).Chunk(StepSize))
        {
            if (!isFirst)
                await Task.Delay(Pause, cancellationToken);
            isFirst = false;
            var raised = (await store.RaiseAsync(step, options.Alerts.Smtp is not null, now, cancellationToken)).ToHashSet();
            foreach (var (alert, mark) in step)
            {
                if (_rung.Count >= MostRung)
                    _rung.Clear();
                _rung[mark.Key] = mark.Until < now + Mind ? mark.Until.Value : now + Mind;
                if (raised.Contains(alert.Id))
                    metrics.Raised(alert.Kind);
            }

            if (raised.Count > 0)
                Wake();
        }
    }

    /// <summary>There is something to tell.</summary>
    public void Wake()
    {
        if (_raised.CurrentCount > 0)
            return;
        try
        {
            _raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody was faster.
        }
    }

    public void Dispose() => _raised.Dispose();

    private bool Rung(AlertMark mark, DateTimeOffset now) => _rung.TryGetValue(mark.Key, out var until) && now < until;
}
