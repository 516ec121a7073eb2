namespace BudgetProxy.Insight;

/// <summary>An answer that is costly to make, made again at most so often however many ask; who asks meanwhile has the last one.</summary>
internal sealed class RecentAnswer<T>(TimeSpan age, Func<CancellationToken, Task<T>> make, TimeProvider clock) : IDisposable
    where T : class
{
    private readonly SemaphoreSlim _making = new(1);
    private (T Answer, long MadeAt)? _last;

    /// <exception cref="Reservations.StoreUnavailableException">It can't be made now.</exception>
    public async Task<T> GetAsync(CancellationToken cancellationToken)
    {
        await _making.WaitAsync(cancellationToken);
        try
        {
            if (_last is var (answer, madeAt) && clock.GetElapsedTime(madeAt) < age)
                return answer;
            var begun = clock.GetTimestamp();
            var made = await make(cancellationToken);
            _last = (made, begun);
            return made;
        }
        finally
        {
            _making.Release();
        }
    }

    public void Dispose() => _making.Dispose();
}
