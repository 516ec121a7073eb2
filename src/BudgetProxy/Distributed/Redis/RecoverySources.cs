using BudgetProxy.Core.Tokens;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>Where what was lost is found again: every living proxy's memory, the outbox, and what is left of the old generation in Redis.</summary>
internal sealed class RecoverySources(Shards shards, OwnCalls own, Outbox outbox, PostgresLedger ledger, RecoveryTables tables)
{
    private const int SweepPage = 500;
    private const int InsertPage = 1_000;

    public RecoveryTables Tables => tables;

    /// <summary>
    /// Answers a recovery for this proxy: from now on nothing of these shards goes through here until they are stamped. An answer that comes too late
    /// is not taken: what was sent is then stranded, and booked again by <see cref="SpoolReplay"/>.
    /// </summary>
    public async Task AnswerAsync(long generation, IReadOnlyList<Shard> lost, CancellationToken cancellationToken)
    {
        var open = new List<OpenCall>();
        var sent = new List<(Shard Shard, List<SentEntry> Entries)>();
        foreach (var shard in lost)
        {
            shard.Close(generation);
            var known = own.Of(shard);
            open.AddRange(known.Open.Select(call => OpenCall.Of(call, shards.Owner)));
            sent.Add((shard, known.Sent));
        }

        var answer = new RecoveryAnswer(open, [.. sent.SelectMany(part => part.Entries).Select(entry => entry.Placed)]);
        if (!await tables.AnswerAsync(generation, shards.Owner, answer.Write(), cancellationToken))
            return;
        foreach (var (shard, entries) in sent)
            own.Landed(shard, entries);
    }

    /// <summary>
    /// Every reservation that is still open, by shard: what the living say, and what the dead left in Redis; without those that the ledger has. What the
    /// living sent and what is left of the outbox is in the ledger when this returns.
    /// </summary>
    public async Task<List<OpenCall>[]> OpenCallsAsync(long generation, IReadOnlyList<Shard> lost, CancellationToken cancellationToken)
    {
        var all = (await tables.AnswersAsync(generation, cancellationToken)).ConvertAll(answer => (answer.Generation, answer.Proxy, Told: RecoveryAnswer.Read(answer.Answer)));
        foreach (var page in all.SelectMany(answer => answer.Told.Sent).Chunk(InsertPage))
            await ledger.InsertAsync(page, cancellationToken);
        var answers = all.Where(answer => answer.Generation == generation).ToDictionary(answer => answer.Proxy, answer => answer.Told, StringComparer.Ordinal);
        var open = new Dictionary<Guid, OpenCall>();
        foreach (var call in answers.Values.SelectMany(answer => answer.Open))
            open[call.Id] = call;
        foreach (var shard in lost)
        {
            await outbox.CopyAsync(shard, cancellationToken);
            foreach (var call in await LeftBehindAsync(shard, answers.Keys))
                open.TryAdd(call.Id, call);
        }

        var byShard = shards.All.Select(_ => new List<OpenCall>()).ToArray();
        var settled = await ledger.FindAsync([.. open.Keys], cancellationToken);
        foreach (var call in open.Values.Where(call => !settled.ContainsKey(call.Id)))
            byShard[shards[call.Tenant].Number].Add(call);
        return byShard;
    }

    /// <summary>
    /// What <c>standing.lua</c> lays out again, by shard: standing reservations that are open, or were charged as presumed and may be adjusted. From their rows
    /// in Postgres, where steps of earlier generations are refused from now on. To be asked after the open calls: by then the ledger has all there is.
    /// </summary>
    public async Task<List<RedisValue[]>[]> StandingAsync(long generation, IReadOnlyList<Shard> lost, CancellationToken cancellationToken)
    {
        var rows = await tables.Standing.TakeOverAsync([.. lost.Select(shard => shard.Number)], generation, cancellationToken);
        var booked = await ledger.FindAsync([.. rows.SelectMany(row => new[] { row.Id, Entries.AdjustmentOf(row.Id) })], cancellationToken);
        var byShard = shards.All.Select(_ => new List<RedisValue[]>()).ToArray();
        foreach (var row in rows.Where(row => !booked.ContainsKey(Entries.AdjustmentOf(row.Id))))
        {
            var ended = booked.TryGetValue(row.Id, out var basis);
            var presumed = ended && basis == UsageBasis.Presumed;
            if (presumed || (row.State == StandingState.Open && !ended))
                byShard[row.Shard].Add(StandingLayout.Arguments(row, presumed, shards.All[row.Shard].Now));
        }

        return byShard;
    }

    /// <summary>Drops all keys of the shard's generations before this one.</summary>
    public async Task SweepAsync(Shard shard, long generation)
    {
        var server = await shards.Link.ServerOfAsync(shard.Stamp);
        var old = shards.Link.KeysOf(server, $"{shard.Name}[0-9]*").Where(key => GenerationOf(shard, key) < generation);
        foreach (var page in old.Chunk(SweepPage))
            await shards.Link.AskAsync(() => shards.Link.Database.KeyDeleteAsync(page));
    }

    private static long GenerationOf(Shard shard, RedisKey key)
    {
        var text = ((string)key!).AsSpan(shard.Name.Length);
        var end = text.IndexOf(':');
        return end > 0 && long.TryParse(text[..end], out var generation) ? generation : long.MaxValue;
    }

    /// <summary>What owners that did not answer have open in the generation before.</summary>
    private async Task<List<OpenCall>> LeftBehindAsync(Shard shard, IReadOnlyCollection<string> answered)
    {
        var link = shards.Link;
        var calls = new List<OpenCall>();
        var generation = await link.AskAsync(() => link.Database.StringGetAsync(shard.Name + "was"));
        if (generation.IsNullOrEmpty)
            return calls;
        var root = $"{shard.Name}{generation}:";
        var members = await link.AskAsync(() => link.Database.SortedSetRangeByRankWithScoresAsync(root + "x"));
        foreach (var page in members.Select(member => (Names: ((string)member.Element!).Split('|'), member.Score)).Where(member => member.Names[2].Length > 0 && !answered.Contains(member.Names[2])).Chunk(InsertPage))
        {
            var rows = await link.AskAsync(() => Task.WhenAll(page.Select(member => link.Database.HashGetAsync($"{root}r:{member.Names[1]}", ["s", "a", "c"]))));
            for (var i = 0; i < page.Length; i++)
            {
                if (rows[i][0] != "o")
                    continue;
                calls.Add(new OpenCall(
                    Guid.ParseExact(page[i].Names[1], "N"), page[i].Names[0], page[i].Names[2], DateTimeOffset.FromUnixTimeMilliseconds((long)rows[i][1]),
                    DateTimeOffset.FromUnixTimeMilliseconds((long)page[i].Score), (byte[])rows[i][2]!));
            }
        }

        return calls;
    }
}
