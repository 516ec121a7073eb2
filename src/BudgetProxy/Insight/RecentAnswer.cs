using BudgetProxy.Reservations;

namespace BudgetProxy.Insight;

/// <summary>An answer that is costly to make, made again at most so often however many ask; who asks meanwhile has the last one.</summary>
/// <param name="age">So old it may be.</param>
/// <param name="stale">Older than <paramref name="age"/> and no older than this, it is given once more while it is made anew beside; zero = who asks waits.</param>
internal sealed class RecentAnswer<T>(TimeSpan age, TimeSpan stale, Func<CancellationToken, Task<T>> make, TimeProvider clock) : IDisposable
    where T : class
{
    private readonly SemaphoreSlim _making = new(1);
    private volatile Made? _last;
    private int _isRenewing;

    /// <exception cref="StoreUnavailableException">It can't be made now.</exception>
    public async Task<T> GetAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && clock.GetElapsedTime(last.At) is var old && old < stale)
        {
            if (old >= age && Interlocked.Exchange(ref _isRenewing, 1) == 0)
                _ = RenewAsync();
            return last.Answer;
        }

        return await MakeAsync(cancellationToken);
    }

    public void Dispose() => _making.Dispose();

    private async Task<T> MakeAsync(CancellationToken cancellationToken)
    {
        await _making.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && clock.GetElapsedTime(last.At) < age)
                return last.Answer;
            var begun = clock.GetTimestamp();
            var made = await make(cancellationToken);
            _last = new Made(made, begun);
            return made;
        }
        finally
        {
            _making.Release();
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            await Task.Run(() => MakeAsync(CancellationToken.None));
        }
        catch (Exception failed) when (failed is StoreUnavailableException or ObjectDisposedException)
        {
            // Whoever asks once it is too old hears what is wrong.
        }
        finally
        {
            Volatile.Write(ref _isRenewing, 0);
        }
    }

    private sealed record Made(T Answer, long At);
}
