using System.Diagnostics;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>Waits for what comes about by itself.</summary>
internal static class Poll
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns once the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not within <paramref name="limit"/>.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waited.Elapsed > limit)
                throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {what}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>Asks until the answer is as wanted, and gives it.</summary>
    /// <exception cref="TimeoutException">It did not become so within 30 seconds.</exception>
    public static async Task<T> ForAsync<T>(Func<Task<T>> ask, Predicate<T> wanted)
    {
        T answer = default!;
        await UntilAsync(async () => wanted(answer = await ask()), TimeSpan.FromSeconds(30), "the answer that is waited for");
        return answer;
    }

    /// <summary>Returns once the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not within <paramref name="limit"/>.</exception>
    public static Task UntilAsync(Func<bool> condition, TimeSpan limit, string what) =>
        UntilAsync(() => Task.FromResult(condition()), limit, what);
}
