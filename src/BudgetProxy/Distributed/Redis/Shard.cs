using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// A share of the tenants, with all their keys in one slot of a cluster. What this proxy knows of it: the generation that it believes in, how far it
/// has seen it, and how the server's clock differs from its own.
/// </summary>
internal sealed class Shard
{
    /// <summary>Arguments that every script of the counters begins with.</summary>
    public const int ArgumentHead = 3;

    /// <summary>What every answer begins with: ok, now, version.</summary>
    public const int AnswerHead = 3;

    private readonly RedisLink _link;
    private readonly StoreTime _time;
    private readonly RedisKey[] _stamp;
    private readonly Lock _gate = new();
    private long _generation;
    private long _last;
    private long _least;
    private long _seen;
    private long _ahead;

    /// <param name="owner">This proxy's id among the owners of reservations.</param>
    public Shard(int number, RedisLink link, StoreTime time, string owner)
    {
        _link = link;
        _time = time;
        Number = number;
        Name = $"bp:{{{number}}}:";
        Stamp = Name + "stamp";
        Outbox = Name + "out";
        _stamp = [Stamp];
        Reserve = new ScriptLane(this, RedisScript.Reserve, [owner]);
        ReserveStanding = new ScriptLane(this, RedisScript.Reserve, [""]);
        Settle = new ScriptLane(this, RedisScript.Settle, []);
    }

    public int Number { get; }

    /// <summary>What all its keys begin with.</summary>
    public string Name { get; }

    public RedisKey Stamp { get; }

    public RedisKey Outbox { get; }

    public ScriptLane Reserve { get; }

    /// <summary>For reservations without an owner.</summary>
    public ScriptLane ReserveStanding { get; }

    public ScriptLane Settle { get; }

    /// <summary>0 = closed: nothing goes through until a stamp is found or made.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>The server's time as last heard of, carried on by the clock here. Good enough to choose a window: the script checks it.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(_time.Here + Volatile.Read(ref _ahead));

    /// <summary>Believes in a generation from now on.</summary>
    /// <returns>False = a later one is known to be made: this is the stamp of a server that was left behind.</returns>
    public bool Open(long generation)
    {
        lock (_gate)
        {
            if (generation < _least)
                return false;
            if (_generation == generation)
                return true;
            // A version that was seen of the same generation stays seen.
            if (_last != generation)
                _seen = 0;
            _last = generation;
            Volatile.Write(ref _generation, generation);
            return true;
        }
    }

    /// <summary>Believes in none: what is on its way counts as failed, whatever is answered.</summary>
    /// <param name="next">The generation that is being made: an older one is not believed again. 0 = none.</param>
    public void Close(long next = 0)
    {
        lock (_gate)
        {
            _least = Math.Max(_least, next);
            Volatile.Write(ref _generation, 0);
        }
    }

    /// <summary>Runs a script of the counters.</summary>
    /// <param name="arguments">The first <see cref="ArgumentHead"/> are filled in here.</param>
    /// <exception cref="StoreUnavailableException">Whether it was done is not known.</exception>
    public async Task<ScriptAnswer> RunAsync(RedisScript script, RedisValue[] arguments)
    {
        long generation;
        lock (_gate)
        {
            generation = _generation;
            (arguments[0], arguments[1], arguments[2]) = (generation, _seen, _time.Told);
        }

        if (generation == 0)
            return default;
        if (await _link.RunKnownAsync(script, _stamp, arguments) is not { } result)
            return default;
        var answer = (RedisResult[])result!;
        if (answer.Length < AnswerHead)
            return default;
        Note(generation, (long)answer[1], (long)answer[2]);
        return new ScriptAnswer(answer, generation);
    }

    /// <summary>
    /// Takes note of an answer, unless its generation has been given up meanwhile: whoever makes the counters again has then asked for what was known
    /// before, and must not be told otherwise after.
    /// </summary>
    /// <returns>False = it was given up; the step counts as failed.</returns>
    public bool TryNote(long generation, Action note)
    {
        lock (_gate)
        {
            if (_generation != generation)
                return false;
            note();
            return true;
        }
    }

    private void Note(long generation, long now, long version)
    {
        lock (_gate)
        {
            // An answer from before the generation was given up may be of a step that the new one does not know.
            if (_generation != generation)
                throw new StoreUnavailableException("The counters were lost while the step was on its way.");
            if (version > _seen)
                _seen = version;
            Volatile.Write(ref _ahead, now - _time.Here);
        }
    }
}
