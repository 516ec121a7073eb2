using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// The counters in Redis, shared by any number of proxies. Fails closed: what can't be held for certain is not granted, and a reserve whose answer was
/// lost is voided. Settling never fails: what can't reach Redis stands in the spool and is replayed.
/// </summary>
internal sealed class RedisReservationStore(Shards shards, Generations generations, OwnCalls own, Counters counters, Spool spool) : IReservationStore
{
    /// <summary>Silent for so long, a proxy counts as dead and its open calls are charged.</summary>
    public const int LapseMilliseconds = 5_000;

    /// <summary>
    /// Entries in Redis at which new calls are refused: the ledger has then been away for long, and the memory of Redis must last for what is under way.
    /// About 200 MB.
    /// </summary>
    private const long MostOutboxEntries = 250_000;

    /// <summary>Reservations that one step charges; the rest follows in the next.</summary>
    private const int MostCharged = 200;

    /// <summary>How long a step may wait for others of its tenant to end: a budget that is being counted, a window that turns.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    private readonly long[] _outboxLengths = new long[Shards.Count];
    private readonly long[] _outboxAges = new long[Shards.Count];
    private long _outboxLength;
    private long _outboxMilliseconds;

    /// <summary>This proxy among the owners of reservations.</summary>
    public string Owner => shards.Owner;

    /// <summary>Entries in all outboxes when they were last looked at.</summary>
    public long OutboxLength => Volatile.Read(ref _outboxLength);

    /// <summary>How long the oldest of them has been there, ms.</summary>
    public long OutboxMilliseconds => Volatile.Read(ref _outboxMilliseconds);

    public async ValueTask<ReserveOutcome> ReserveAsync(Reservation reservation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Volatile.Read(ref _outboxLength) > MostOutboxEntries)
            throw new StoreUnavailableException("Too many entries wait for the ledger.");
        if (reservation.Standing)
            return await counters.Standing.ReserveAsync(reservation, cancellationToken);
        var shard = shards[reservation.Caller.Tenant];
        var generation = shard.Generation;
        var call = own.Find(reservation.Caller.Tenant, reservation.Id);
        if (call is null)
            own.Add(call = new OwnCall(reservation, EntryCodec.Write(ReservedCall.Of(reservation, reservation.StartedAt))) { StartedAt = shard.Now });
        try
        {
            var (outcome, decidedIn) = await counters.Decision.DecideAsync(shard, call);
            if (outcome.Refusal is not null)
                Forget(shard, decidedIn, reservation.Id);
            return outcome;
        }
        catch (StoreUnavailableException failed)
        {
            // What was never sent need not be voided, unless a recovery was told of it meanwhile.
            if (!RedisLink.NotSent(failed) || !shard.TryNote(generation, () => own.Remove(reservation.Id)))
                own.Doubt(call);
            throw;
        }
    }

    /// <summary>What Redis keeps for certain is for its own configuration to say; there is nothing to wait for.</summary>
    public ValueTask DurableAsync(long commit) => ValueTask.CompletedTask;

    public ValueTask SpoolAsync(Reservation reservation, CancellationToken cancellationToken) =>
        spool.AdmitAsync(ReservedCall.Of(reservation, shards[reservation.Caller.Tenant].Now));

    public ValueTask<SettleOutcome> SettleAsync(string tenant, Guid id, Settlement settlement, CancellationToken cancellationToken) =>
        ResolveAsync(tenant, id, settlement);

    public ValueTask<SettleOutcome> SettlePartAsync(string tenant, Guid id, PartSettlement part, CancellationToken cancellationToken) =>
        counters.Standing.SettlePartAsync(tenant, id, part, cancellationToken);

    public ValueTask<SettleOutcome> VoidAsync(string tenant, Guid id, CancellationToken cancellationToken) => ResolveAsync(tenant, id, null);

    public async ValueTask<int> ExpireAsync(CancellationToken cancellationToken) => await BeatAllAsync(MostCharged);

    public async ValueTask<IReadOnlyList<BudgetState>> PeekAsync(IReadOnlyList<Hold> holds, CancellationToken cancellationToken) =>
        holds.Count == 0 ? [] : await counters.Reads.ReadAsync(holds);

    public async ValueTask<IReadOnlyList<BudgetState>> ReadAsync(IReadOnlyList<Budget> budgets, CancellationToken cancellationToken)
    {
        var states = new List<BudgetState>();
        foreach (var budget in budgets)
            states.AddRange(await (budget.Per is null ? counters.Reads.ReadAsync([new Hold(budget, "", 0)]) : counters.Reads.ReadScopesAsync(budget)));
        return states;
    }

    public async ValueTask SeedAsync(Budget budget, CancellationToken cancellationToken) => await SeedAsync([budget], static _ => { }, cancellationToken);

    public async ValueTask SeedAsync(IReadOnlyList<Budget> budgets, Action<Budget> begins, CancellationToken cancellationToken) =>
        await counters.Counting.DefineAsync(budgets, begins, cancellationToken);

    public async ValueTask<DateTimeOffset> NowAsync(string tenant, CancellationToken cancellationToken) =>
        CounterScripts.TimeOf(await counters.Scripts.RunAsync(shards[tenant], RedisScript.Read, tenant));

    public async ValueTask ForgetAsync(string tenant, string? budget, CancellationToken cancellationToken) =>
        await counters.Scripts.RunAsync(shards[tenant], RedisScript.Forget, tenant, budget ?? "");

    public ValueTask<long> MeasureDriftAsync(CancellationToken cancellationToken) => counters.Drift.MeasureAsync(cancellationToken);

    public async ValueTask PingAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(shards.All.Select(shard => counters.Scripts.RunAsync(shard, RedisScript.Read, "")));

    /// <summary>Heartbeats of all shards; one that fails keeps none of the others from it.</summary>
    /// <param name="most">Overdue or orphaned reservations to charge in each shard.</param>
    /// <returns>How many were charged.</returns>
    public async Task<int> BeatAllAsync(int most)
    {
        try
        {
            var charged = await Task.WhenAll(shards.All.Select(shard => BeatAsync(shard, "", most)));
            return charged.Sum();
        }
        finally
        {
            Volatile.Write(ref _outboxLength, _outboxLengths.Sum());
            Volatile.Write(ref _outboxMilliseconds, _outboxAges.Max());
        }
    }

    /// <param name="dead">An owner that is known to be gone; empty = none.</param>
    internal async Task<int> BeatAsync(Shard shard, string dead, int most)
    {
        var last = own.LastSent(shard, shard.Generation);
        var answer = await counters.Scripts.RunAsync(shard, RedisScript.Expire, Owner, LapseMilliseconds, most, dead);
        var first = (string)answer.Parts![Shard.AnswerHead + 1]!;
        StreamId? oldest = first.Length == 0 ? null : StreamId.Parse(first);
        Volatile.Write(ref _outboxLengths[shard.Number], (long)answer.Parts[Shard.AnswerHead + 2]);
        Volatile.Write(ref _outboxAges[shard.Number], oldest is { } entry ? Math.Max(0, (long)answer.Parts[1] - entry.Milliseconds) : 0);
        own.Arrived(shard, answer.Generation, oldest, last);
        return (int)answer.Parts[Shard.AnswerHead];
    }

    /// <summary>Settles or voids in Redis, or by the ledger where Redis knows nothing of the call.</summary>
    /// <param name="known">The call, where this proxy knows it; null = only Redis and the ledger can.</param>
    /// <exception cref="StoreUnavailableException">Whether it took effect is not known; it may be repeated.</exception>
    internal async ValueTask<SettleOutcome> TryResolveAsync(string tenant, Guid id, Settlement? settlement, ReservedCall? known)
    {
        var shard = shards[tenant];
        var begun = shards.Time.Clock.GetTimestamp();
        do
        {
            var (answer, generation) = await shard.Settle.RunAsync(new SettleStep(tenant, id, settlement));
            if (answer is null)
            {
                await generations.FindAsync(shard);
            }
            else
            {
                var parts = (RedisResult[])answer!;
                switch ((string)parts[0]!)
                {
                    case "busy":
                        await Task.Delay(Pause);
                        break;
                    case "unknown":
                        var outcome = await counters.Bookings.ResolveUnknownAsync(tenant, id, known, settlement);
                        own.Remove(id);
                        return outcome;
                    case "voided":
                        Forget(shard, generation, id);
                        return SettleOutcome.Resolved;
                    case "already":
                        Forget(shard, generation, id);
                        return SettleOutcome.AlreadyResolved;
                    default:
                        return Booked(shard, known, settlement, parts, generation);
                }
            }
        }
        while (shards.Time.Clock.GetElapsedTime(begun) < Patience);

        throw new StoreUnavailableException("The tenant was busy for too long.");
    }

    /// <summary>Voids what may have been reserved although its caller heard otherwise; the ledger need not be asked, since it never went to a provider.</summary>
    /// <returns>True = nothing of it can be held any more.</returns>
    internal async Task<bool> VoidDoubtfulAsync(OwnCall call)
    {
        var (tenant, id) = (call.Reservation.Caller.Tenant, call.Reservation.Id);
        var (answer, _) = await shards[tenant].Settle.RunAsync(new SettleStep(tenant, id, null));
        if (answer is null || (string)((RedisResult[])answer!)[0]! == "busy")
            return false;
        own.Remove(id);
        return true;
    }

    /// <summary>Gives back standing reservations that were asked for and never granted, or whose void came to no end.</summary>
    /// <param name="age">For how long nothing has become of them.</param>
    /// <exception cref="StoreUnavailableException">Some are left; the next time tries again.</exception>
    internal async Task SweepStandingAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        StoreUnavailableException? failure = null;
        foreach (var (tenant, id) in await counters.Standing.UnfinishedAsync(age, cancellationToken))
        {
            try
            {
                await VoidStandingAsync(tenant, id);
            }
            catch (StoreUnavailableException failed)
            {
                failure = failed;
            }
        }

        if (failure is not null)
            throw failure;
    }

    internal IReadOnlyList<Shard> ShardsOf(int[]? numbers) => numbers is null ? shards.All : [.. numbers.Select(number => shards.All[number])];

    private async ValueTask<SettleOutcome> ResolveAsync(string tenant, Guid id, Settlement? settlement)
    {
        if (spool.IsAdmitted(id))
            return await spool.SettleAdmittedAsync(id, settlement);
        var call = own.Find(tenant, id);
        if (call is null && settlement is null && await counters.Standing.BeginVoidAsync(tenant, id, CancellationToken.None))
            return await VoidStandingAsync(tenant, id);
        if (call is null && settlement is not null && await counters.Standing.FindAsync(tenant, id, CancellationToken.None) is { } standing)
            return await SettleStandingAsync(standing, settlement);
        try
        {
            return await TryResolveAsync(tenant, id, settlement, call?.Reserved);
        }
        catch (StoreUnavailableException) when (call is not null)
        {
            await spool.PutAsync(call.Reserved, settlement);
            return SettleOutcome.Spooled;
        }
    }

    private async ValueTask<SettleOutcome> SettleStandingAsync(StandingRow standing, Settlement settlement)
    {
        switch (standing.State)
        {
            case StandingState.Open:
                var told = await TryResolveAsync(standing.Tenant, standing.Id, settlement, standing.Call);
                await counters.Standing.EndSettleAsync(standing.Tenant, standing.Id, told, CancellationToken.None);
                return told;
            case StandingState.Voiding:
                return SettleOutcome.AlreadyResolved;
            default:
                return SettleOutcome.Unknown;
        }
    }

    private async ValueTask<SettleOutcome> VoidStandingAsync(string tenant, Guid id) =>
        await counters.Standing.EndVoidAsync(tenant, id, await TryResolveAsync(tenant, id, null, null), CancellationToken.None);

    private SettleOutcome Booked(Shard shard, ReservedCall? call, Settlement? settlement, RedisResult[] parts, long generation)
    {
        var adjusts = (string)parts[0]! == "adjusted";
        if (call is not null)
        {
            call = call with { StartedAt = DateTimeOffset.FromUnixTimeMilliseconds((long)parts[1]) };
            var sent = new SentEntry(
                StreamId.Parse((string)parts[3]!), new Place(generation, (long)parts[2]), call, settlement ?? SettleStep.Nothing, adjusts,
                DateTimeOffset.FromUnixTimeMilliseconds((long)parts[4]));
            Note(shard, generation, () => own.Sent(shard, sent));
        }

        counters.Bookings.HasNews(shard);
        return adjusts ? SettleOutcome.Adjusted : SettleOutcome.Resolved;
    }

    /// <summary>Nothing of the call is open any more.</summary>
    private void Forget(Shard shard, long generation, Guid id) => Note(shard, generation, () => own.Remove(id));

    /// <exception cref="StoreUnavailableException">A recovery was told of the call as open meanwhile: what was answered no longer holds.</exception>
    private static void Note(Shard shard, long generation, Action note)
    {
        if (!shard.TryNote(generation, note))
            throw new StoreUnavailableException("The counters were lost while the step was on its way.");
    }
}
