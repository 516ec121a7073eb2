using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Hosting;
using BudgetProxy.Ledger;
using BudgetProxy.Rates;
using BudgetProxy.Reservations;

namespace BudgetProxy.Batches;

/// <summary>
/// Books what became of a batch's lines, chunk by chunk in the lines' order: chunk k is part k of its reservation, whoever settles it and however often it is
/// begun again. Each billed line is one ledger entry of its own.
/// </summary>
public sealed class BatchSettler(IBatchStore store, IReservationStore reservations, ILedger ledger, RateTable rates, ProxyMetrics metrics)
{
    /// <summary>Books all lines, gives back what is left, and marks the batch as settled.</summary>
    /// <param name="budgets">The tenant's budgets as they are now.</param>
    public async Task SettleAsync(Batch batch, BatchOutcomes outcomes, IReadOnlyList<Budget> budgets, BatchLease lease, CancellationToken cancellationToken)
    {
        var (part, first) = (0, 0);
        for (; await store.ChunkAsync(batch.Id, part, cancellationToken) is { } chunk; part++)
        {
            var lines = LineChunk.ReadPriced(chunk);
            await BookAsync(batch, PartOf(batch, part, first, lines, outcomes, budgets), cancellationToken);
            first += lines.Count;
            await lease.KeepAsync(cancellationToken);
        }

        // Settled by another meanwhile: the parts that are missing are its.
        if (first != batch.Definition.LineCount)
            return;
        foreach (var strangers in outcomes.BilledStrangers.Chunk(LineChunk.Size))
        {
            await BookAsync(batch, StrangersOf(batch, part++, first, strangers, outcomes, budgets), cancellationToken);
            first += strangers.Length;
        }

        await reservations.VoidAsync(batch.Tenant, batch.Id, cancellationToken);
        if (await store.MoveAsync(batch.Id, batch.State, BatchState.Settled, null, null, cancellationToken))
            Count(outcomes);
    }

    private async Task BookAsync(Batch batch, PartSettlement part, CancellationToken cancellationToken)
    {
        switch (await reservations.SettlePartAsync(batch.Tenant, batch.Id, part, cancellationToken))
        {
            case SettleOutcome.Resolved or SettleOutcome.Adjusted:
                Count(part.Entries);
                break;
            case SettleOutcome.Unknown:
                // The store has forgotten the reservation, or ended it before: entries that are there already are left as they are. What it presumed for all that
                // was left stands for the lines, and nothing could take it back any more.
                if (!await ledger.HasAsync(batch.Tenant, batch.Id, cancellationToken))
                    await ledger.AppendAsync(part.Entries, part.Budgets, cancellationToken);
                break;
            case SettleOutcome.OutOfOrder:
                throw new StoreUnavailableException($"Part {part.Part} of batch {batch.Id} came before an earlier one.");
            default:
                break;
        }
    }

    private PartSettlement PartOf(Batch batch, int part, int first, IReadOnlyList<PricedLine> lines, BatchOutcomes outcomes, IReadOnlyList<Budget> budgets)
    {
        var definition = batch.Definition;
        var shares = new long[definition.Holds.Count];
        var entries = new List<LedgerEntry>(lines.Count);
        var (released, usage) = ((Int128)0, default(Usage));
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            released += line.Worst.Value;
            usage = usage + line.WorstUsage;
            foreach (var hold in line.Holds)
            {
                ref var share = ref shares[definition.Places[hold]];
                share += BudgetMatcher.AskedOf(definition.Holds[definition.Places[hold]], line.Worst, definition.MarkupBasisPoints, line.WorstUsage.Total);
            }

            if (EntryOf(batch, first + i, line, outcomes) is { } entry)
                entries.Add(entry);
        }

        return new PartSettlement
        {
            Part = part,
            Entries = entries,
            Budgets = budgets,
            Shares = shares,
            Released = new NanoUsd((long)Int128.Min(released, NanoUsd.Ceiling.Value)),
            ReleasedUsage = usage,
        };
    }

    private PartSettlement StrangersOf(
        Batch batch, int part, int first, LineOutcome[] strangers, BatchOutcomes outcomes, IReadOnlyList<Budget> budgets)
    {
        var entries = new List<LedgerEntry>(strangers.Length);
        for (var i = 0; i < strangers.Length; i++)
        {
            var served = strangers[i].ServedModel < 0 ? null : outcomes.ServedModels[strangers[i].ServedModel];
            var api = batch.Definition.Provider == Provider.Anthropic ? ProviderApi.AnthropicMessages : ProviderApi.OpenAiChat;
            var line = new BatchLine { CustomId = 0, Api = api, Model = served ?? "", Tokens = 0, Bound = 0 };
            var rate = rates.Current.Card.Find(batch.Definition.Provider, line.Model, batch.Definition.PricedAt, batch.Tenant);
            entries.Add(Reported(batch, first + i, new PricedLine(line, batch.Definition.Caller.User, NanoUsd.Zero, default, []), strangers[i], served, rate));
        }

        return new PartSettlement
        {
            Part = part,
            Entries = entries,
            Budgets = budgets,
            Shares = new long[batch.Definition.Holds.Count],
            Released = NanoUsd.Zero,
            ReleasedUsage = default,
        };
    }

    // Null = the line was not billed.
    private LedgerEntry? EntryOf(Batch batch, int number, PricedLine line, BatchOutcomes outcomes)
    {
        var outcome = outcomes[number];
        var served = outcome.ServedModel < 0 ? null : outcomes.ServedModels[outcome.ServedModel];
        return outcome.Ending switch
        {
            LineEnding.Reported => Reported(batch, number, line, outcome, served, RateOf(batch, line.Line.Model)),
            LineEnding.Presumed => Entry(batch, number, line, outcome, null) with
            {
                Basis = UsageBasis.Presumed,
                Usage = line.WorstUsage,
                Rate = batch.Definition.Rates.GetValueOrDefault(line.Line.Model),
                Cost = line.Worst,
                Charged = line.Worst.WithMarkup(batch.Definition.MarkupBasisPoints),
            },
            _ => null,
        };
    }

    /// <summary>Priced at the batch rate of the model that served where the card knows it, as calls are.</summary>
    private LedgerEntry Reported(Batch batch, int number, PricedLine line, in LineOutcome outcome, string? served, Rate? rate)
    {
        if (rate is not null)
            rate = rates.Current.Card.Billing(rate, served, batch.Definition.PricedAt, batch.Tenant);
        var regional = outcome.Regional ?? line.Line.Regional;
        var usage = Entries.Bounded(outcome.Usage);
        if (rate is not null && outcome.Unknown.Any)
            usage = UnknownBuckets.AtDearest(rate, usage, outcome.Unknown, ServiceTier.Batch);
        var cost = Entries.Bounded(rate?.Price(usage, ServiceTier.Batch, regional, Rounding.HalfEven) ?? NanoUsd.Zero);
        return Entry(batch, number, line, outcome, served) with
        {
            Basis = UsageBasis.Reported,
            Usage = usage,
            Rate = rate?.Id,
            Cost = cost,
            Charged = cost.WithMarkup(batch.Definition.MarkupBasisPoints),
            Overrun = NanoUsd.Max(NanoUsd.Zero, cost - line.Worst),
            Regional = regional,
            UnknownBucket = outcome.Unknown.Any,
        };
    }

    // The row that it was reserved by, though others were added since; null = it was unpriced, and stays so.
    private Rate? RateOf(Batch batch, string model)
    {
        var (definition, current) = (batch.Definition, rates.Current);
        if (!definition.Rates.TryGetValue(model, out var id))
            return null;
        return current.Find(id)?.Rate ?? current.Card.Find(definition.Provider, model, definition.PricedAt, batch.Tenant);
    }

    private static LedgerEntry Entry(Batch batch, int number, PricedLine line, in LineOutcome outcome, string? served)
    {
        var caller = batch.Definition.Caller;
        return new LedgerEntry
        {
            Id = BatchIds.OfLine(batch.Id, number),
            RequestId = batch.Id,
            Tenant = batch.Tenant,
            User = line.User,
            Project = caller.Project,
            Key = caller.Key,
            Run = caller.Run,
            Tags = caller.Tags,
            Provider = batch.Definition.Provider.Name(),
            Api = line.Line.Api.Name(),
            Model = line.Line.Model,
            ServedModel = served,
            Basis = UsageBasis.Reported,
            Usage = default,
            Cost = NanoUsd.Zero,
            Charged = NanoUsd.Zero,
            Reserved = line.Worst,
            Overrun = NanoUsd.Zero,
            Status = outcome.Status,
            Tier = ServiceTier.Batch,
            Regional = line.Line.Regional,
            MarkupBasisPoints = batch.Definition.MarkupBasisPoints,
            Prepaid = caller.Prepaid,
            StartedAt = batch.CreatedAt,
            SettledAt = batch.CreatedAt,
        };
    }

    private void Count(IReadOnlyList<LedgerEntry> entries)
    {
        foreach (var entry in entries)
        {
            metrics.CallSettled(entry.Basis, entry.Usage, entry.Cost);
            if (entry.UnknownBucket)
                metrics.UnknownBucketSettled();
            if (entry.Overrun > NanoUsd.Zero)
                metrics.CallOverran(entry.Overrun);
        }
    }

    private void Count(BatchOutcomes outcomes)
    {
        var endings = new int[(int)LineEnding.Released + 1];
        for (var line = 0; line < outcomes.Count; line++)
            endings[(int)outcomes[line].Ending]++;
        metrics.BatchMoved("settled");
        metrics.BatchLinesEnded("reported", endings[(int)LineEnding.Reported]);
        metrics.BatchLinesEnded("presumed", endings[(int)LineEnding.Presumed]);
        metrics.BatchLinesEnded("released", endings[(int)LineEnding.Released] + endings[(int)LineEnding.Missing]);
        metrics.BatchLinesEnded("unknown", outcomes.Strangers);
        metrics.BatchLinesEnded("unreadable", outcomes.Unreadable);
    }
}
