using BudgetProxy.Core.Tokens;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// Reservations without an owner, which no living proxy need know: in Redis as all others, and in Postgres, from where they are laid out again where Redis
/// has lost them. Each step writes both in such an order that an end of the process between any two of them loses nothing, once the step is repeated or
/// <see cref="UnfinishedAsync"/> has come by (see the folder's README).
/// </summary>
internal sealed class StandingReservations(CounterScripts scripts, ReserveDecision decision, StandingTable table, PostgresLedger ledger, Outbox outbox)
{
    /// <summary>How long what was charged as presumed can be taken back, as for every call.</summary>
    private static readonly TimeSpan LateSettlement = TimeSpan.FromDays(7);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <exception cref="StoreUnavailableException">It is not granted; unless it is repeated, it is given back within some minutes.</exception>
    public async ValueTask<ReserveOutcome> ReserveAsync(Reservation reservation, CancellationToken cancellationToken)
    {
        var shard = scripts.Shards[reservation.Caller.Tenant];
        var call = new OwnCall(reservation, EntryCodec.Write(ReservedCall.Of(reservation, reservation.StartedAt))) { StartedAt = shard.Now };
        await table.AskAsync(StandingRow.Of(reservation, shard.Number, call.StartedAt), shard.Generation, cancellationToken);
        var (outcome, generation) = await decision.DecideAsync(shard, call);
        if (outcome.Refusal is not null)
            await table.WithdrawAsync(reservation.Id, CancellationToken.None);
        else if (!await table.OpenAsync(StandingRow.Of(reservation, shard.Number, call.StartedAt), generation, CancellationToken.None))
            throw new StoreUnavailableException("The counters were lost, or the reservation was given back, while it was being granted; ask again with a new id.");
        return outcome;
    }

    /// <inheritdoc cref="IReservationStore.SettlePartAsync"/>
    public async ValueTask<SettleOutcome> SettlePartAsync(string tenant, Guid id, PartSettlement part, CancellationToken cancellationToken)
    {
        var clock = scripts.Shards.Time.Clock;
        var begun = clock.GetTimestamp();
        do
        {
            if (await table.FindAsync(tenant, id, cancellationToken) is not { State: not StandingState.Asked } row)
                return SettleOutcome.Unknown;
            PartSettlement.Check(part, tenant, row.Holds.Count);
            if (part.Part > row.NextPart)
                return SettleOutcome.OutOfOrder;
            if (part.Part < row.NextPart || row.State == StandingState.Voiding)
                return SettleOutcome.AlreadyResolved;
            if (await TryAsync(row, part) is { } outcome)
                return outcome;
            await Task.Delay(Pause, cancellationToken);
        }
        while (clock.GetElapsedTime(begun) < Patience);

        throw new StoreUnavailableException("The tenant was busy for too long.");
    }

    /// <summary>Its row; null = it is no standing reservation of the tenant.</summary>
    public Task<StandingRow?> FindAsync(string tenant, Guid id, CancellationToken cancellationToken) => table.FindAsync(tenant, id, cancellationToken);

    /// <summary>Forgets it once the entry of the whole is in the ledger; leaves it to a void that was faster.</summary>
    /// <param name="told">What Redis answered.</param>
    /// <exception cref="StoreUnavailableException">It is not there yet, so that a repeat must find the row; settling may be repeated.</exception>
    public async ValueTask EndSettleAsync(string tenant, Guid id, SettleOutcome told, CancellationToken cancellationToken)
    {
        var correction = Entries.AdjustmentOf(id);
        await outbox.CopyAsync(scripts.Shards[tenant], cancellationToken);
        var found = await ledger.FindAsync([id, correction], cancellationToken);
        var isBooked = found.TryGetValue(id, out var basis) && (basis != UsageBasis.Presumed || found.ContainsKey(correction));
        if (!isBooked && told == SettleOutcome.AlreadyResolved && await table.FindAsync(tenant, id, cancellationToken) is not { State: not StandingState.Voiding })
            return;
        if (!isBooked)
            throw new StoreUnavailableException("The counters were lost before the settlement was in the ledger; repeat it.");
        await table.RemoveAsync(id, cancellationToken);
    }

    /// <summary>Makes known that the reservation is to be given back, before Redis is told.</summary>
    /// <returns>False = it is no standing reservation of the tenant.</returns>
    public Task<bool> BeginVoidAsync(string tenant, Guid id, CancellationToken cancellationToken) => table.VoidAsync(tenant, id, cancellationToken);

    /// <summary>Forgets it once Redis has let it go.</summary>
    /// <param name="told">What Redis answered.</param>
    /// <exception cref="StoreUnavailableException">What takes back the presumed charge is not in the ledger yet; the void may be repeated.</exception>
    public async ValueTask<SettleOutcome> EndVoidAsync(string tenant, Guid id, SettleOutcome told, CancellationToken cancellationToken)
    {
        if (told is SettleOutcome.Adjusted or SettleOutcome.AlreadyResolved)
        {
            var correction = Entries.AdjustmentOf(id);
            await outbox.CopyAsync(scripts.Shards[tenant], cancellationToken);
            var found = await ledger.FindAsync([id, correction], cancellationToken);
            if (found.TryGetValue(id, out var basis) && basis == UsageBasis.Presumed && !found.ContainsKey(correction))
                throw new StoreUnavailableException("The counters were lost before the void was in the ledger.");
        }

        await table.RemoveAsync(id, cancellationToken);
        return told == SettleOutcome.Unknown ? SettleOutcome.Resolved : told;
    }

    /// <summary>What is to be voided, since nothing has become of it for so long; forgets what is too old to be adjusted.</summary>
    public async Task<List<(string Tenant, Guid Id)>> UnfinishedAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        await table.ForgetAsync(scripts.Shards.All[0].Now - LateSettlement, cancellationToken);
        return await table.UnfinishedAsync(age, cancellationToken);
    }

    /// <returns>Null = not yet; it may be tried again.</returns>
    private async Task<SettleOutcome?> TryAsync(StandingRow row, PartSettlement part)
    {
        var shard = scripts.Shards[row.Tenant];
        var after = row.After(part);
        // Where counters were made again, entries of the part may have reached the ledger without the row: they are counted by then.
        var taking = Entries.TakingBack(row.Call, after.Call, part.Part, Max(shard.Now, row.StartedAt));
        var known = await ledger.FindAsync([.. part.Entries.Select(line => line.Id), .. taking is null ? [] : new[] { taking.Id }], CancellationToken.None);
        var asked = new PartArguments(
            row,
            after,
            [.. part.Entries.DistinctBy(line => line.Id).Where(line => !known.ContainsKey(line.Id)).Select(line => Entries.OfPart(line, row.Call, Max(shard.Now, row.StartedAt)))],
            taking is not null && known.ContainsKey(taking.Id) ? null : taking);
        var answer = await scripts.RunAsync(shard, RedisScript.Part, asked.Write(part, decision.Definitions[row.Tenant]));
        switch (CounterScripts.WordOf(answer))
        {
            case "booked" or "adjusted":
                return await BookedAsync(shard, asked, answer);
            case "already":
                return await CatchUpAsync(shard, part, after, answer.Generation);
            case "ended":
                return SettleOutcome.AlreadyResolved;
            case "unknown":
                return SettleOutcome.Unknown;
            case "early":
                throw new StoreUnavailableException("The counters are behind the reservation's row: they are of an older state.");
            case "definitions":
                decision.Definitions.Learn(row.Tenant, answer.Parts.AsSpan(Shard.AnswerHead));
                return null;
            default:
                return null;
        }
    }

    /// <summary>Redis has booked the part: its entries and the row go into Postgres together, before anybody hears of it.</summary>
    /// <exception cref="StoreUnavailableException">They are not there; a repeat finds out.</exception>
    private async Task<SettleOutcome> BookedAsync(Shard shard, PartArguments asked, ScriptAnswer answer)
    {
        var took = ((string)answer.Parts![Shard.AnswerHead + 1]!).Length > 0;
        List<LedgerEntry> entries = [.. asked.Lines, .. took ? [asked.TakenBack!] : Array.Empty<LedgerEntry>()];
        var (generation, last) = CounterScripts.PlaceOf(answer);
        var placed = entries.Select((entry, i) => new PlacedEntry(entry, new Place(generation, last - entries.Count + 1 + i))).ToList();
        outbox.HasNews(shard);
        if (!await table.SettleAsync(asked.After, generation, placed, CancellationToken.None)
            && await table.FindAsync(asked.Before.Tenant, asked.Before.Id, CancellationToken.None) is { } row && row.NextPart < asked.After.NextPart)
            throw new StoreUnavailableException("The counters were lost while the part was on its way; repeat it.");
        return CounterScripts.WordOf(answer) == "adjusted" ? SettleOutcome.Adjusted : SettleOutcome.Resolved;
    }

    /// <summary>Redis had booked the part before, and its row is behind: whoever asked then has ended in between, or is at it.</summary>
    /// <exception cref="StoreUnavailableException">Its entries can't be found: Redis was lost just now, and a repeat books them.</exception>
    private async Task<SettleOutcome> CatchUpAsync(Shard shard, PartSettlement part, StandingRow after, long generation)
    {
        await outbox.CopyAsync(shard, CancellationToken.None);
        var ids = part.Entries.Select(line => line.Id).ToHashSet();
        if ((await ledger.FindAsync(ids, CancellationToken.None)).Count < ids.Count)
            throw new StoreUnavailableException("The part's entries are not in the ledger yet; repeat it.");
        await table.SettleAsync(after, generation, [], CancellationToken.None);
        return SettleOutcome.AlreadyResolved;
    }

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
