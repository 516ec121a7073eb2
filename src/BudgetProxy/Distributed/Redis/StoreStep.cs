using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>One caller's share of a script call that several share.</summary>
internal abstract class StoreStep : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource<StepAnswer> _source = new();
    private StepAnswer _answer;

    public Task<StepAnswer> Answer => _source.Task;

    /// <summary>How many arguments it writes.</summary>
    public abstract int Width { get; }

    public abstract void Write(Span<RedisValue> arguments);

    /// <summary>Goes on with the caller here and now.</summary>
    public void Complete(StepAnswer answer) => _source.SetResult(answer);

    /// <summary>Goes on with the caller on another thread, so that those beside it need not wait.</summary>
    public void CompleteElsewhere(StepAnswer answer)
    {
        _answer = answer;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    public void Execute() => _source.SetResult(_answer);

    public void Fail(Exception reason) => ThreadPool.UnsafeQueueUserWorkItem(static failed => failed.Step._source.SetException(failed.Reason), (Step: this, Reason: reason), preferLocal: true);
}
