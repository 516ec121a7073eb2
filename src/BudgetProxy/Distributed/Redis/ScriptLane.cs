using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// Steps of one script on one shard. While a call of it is on its way, those that come wait and go together with the next, so that round trips grow
/// with the load far more slowly than calls; a lone step goes at once.
/// </summary>
internal sealed class ScriptLane(Shard shard, RedisScript script, RedisValue[] common)
{
    /// <summary>The server does nothing else while a script runs: some hundred steps are about a millisecond of it.</summary>
    private const int LargestBatch = 128;

    private readonly Lock _gate = new();
    private Queue<StoreStep> _waiting = new();
    private bool _busy;

    /// <exception cref="StoreUnavailableException">Whether the step was taken is not known.</exception>
    public Task<StepAnswer> RunAsync(StoreStep step)
    {
        lock (_gate)
        {
            if (_busy)
            {
                _waiting.Enqueue(step);
                return step.Answer;
            }

            _busy = true;
        }

        _ = SendAsync([step]);
        return step.Answer;
    }

    private async Task SendAsync(List<StoreStep> batch)
    {
        ScriptAnswer answers;
        try
        {
            answers = await shard.RunAsync(script, Arguments(batch));
        }
        catch (Exception failed)
        {
            var reason = failed as StoreUnavailableException ?? new StoreUnavailableException("The step could not be sent.", failed);
            // What waits behind a server that does not answer would only wait longer.
            batch.AddRange(TakeAll());
            foreach (var step in batch)
                step.Fail(reason);
            return;
        }

        SendNext();
        for (var i = batch.Count - 1; i > 0; i--)
            batch[i].CompleteElsewhere(AnswerOf(i));
        batch[0].Complete(AnswerOf(0));

        StepAnswer AnswerOf(int i) => new(answers.Parts is { } parts ? parts[Shard.AnswerHead + i] : null, answers.Generation);
    }

    private void SendNext()
    {
        List<StoreStep> batch;
        lock (_gate)
        {
            _busy = _waiting.Count > 0;
            if (!_busy)
                return;
            batch = new List<StoreStep>(Math.Min(_waiting.Count, LargestBatch));
            while (batch.Count < LargestBatch && _waiting.TryDequeue(out var step))
                batch.Add(step);
        }

        _ = SendAsync(batch);
    }

    private Queue<StoreStep> TakeAll()
    {
        lock (_gate)
        {
            var all = _waiting;
            _waiting = new Queue<StoreStep>();
            _busy = false;
            return all;
        }
    }

    private RedisValue[] Arguments(List<StoreStep> batch)
    {
        var width = Shard.ArgumentHead + common.Length;
        foreach (var step in batch)
            width += step.Width;
        var arguments = new RedisValue[width];
        common.CopyTo(arguments, Shard.ArgumentHead);
        var at = Shard.ArgumentHead + common.Length;
        foreach (var step in batch)
        {
            step.Write(arguments.AsSpan(at, step.Width));
            at += step.Width;
        }

        return arguments;
    }
}
