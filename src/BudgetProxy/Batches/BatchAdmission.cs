using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Requests;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Batches;

/// <summary>
/// Writes a batch down, reserves it, and says that it may be sent. In this order, so that whatever dies between two steps leaves a row by which
/// <see cref="BatchKeeper"/> finds what was reserved.
/// </summary>
public sealed class BatchAdmission(IBatchStore store, IReservationStore reservations, ProxyMetrics metrics, ProxyOptions options, TimeProvider clock)
{
    /// <summary>A batch that has not come further by then is nobody's: four looks' time, within bounds.</summary>
    private static readonly TimeSpan ShortestPreparation = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPreparation = TimeSpan.FromMinutes(2);

    /// <summary>The store charges what is left of a batch so long after <see cref="ProxyOptions.BatchLifetime"/>, should no proxy have done it by then.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromHours(12);

    /// <summary>How long after its last possible moment a sending counts as over.</summary>
    private static readonly TimeSpan SendMargin = TimeSpan.FromMinutes(1);

    private TimeSpan PrepareLimit =>
        TimeSpan.FromTicks(Math.Clamp(options.BatchPollInterval.Ticks * 4, ShortestPreparation.Ticks, LongestPreparation.Ticks));

    /// <summary>Null = reserved, durable, and marked as being sent.</summary>
    /// <param name="chunks">The lines with what is reserved for each.</param>
    public async ValueTask<GatewayRefusal?> AdmitAsync(Call call, BatchQuote quote, IReadOnlyList<byte[]> chunks, string? inputFile)
    {
        try
        {
            return await TryAsync(call, quote, chunks, inputFile);
        }
        catch (StoreUnavailableException)
        {
            metrics.StoreFailed();
            return Refusals.StoreUnavailable;
        }
    }

    /// <summary>The batch came to nothing: voids its reservation and forgets it. What fails here is tried again by <see cref="BatchKeeper"/>.</summary>
    /// <param name="from">The state that it is in.</param>
    public async ValueTask DropAsync(string tenant, Guid id, BatchState from)
    {
        try
        {
            if (from != BatchState.Dropping && !await store.MoveAsync(id, from, BatchState.Dropping, null, null, CancellationToken.None))
                return;
            await reservations.VoidAsync(tenant, id, CancellationToken.None);
            await store.RemoveAsync(id, CancellationToken.None);
            if (from != BatchState.Preparing)
                metrics.BatchMoved("dropped");
        }
        catch (StoreUnavailableException)
        {
            metrics.StoreFailed();
        }
    }

    /// <summary>The provider has taken the batch and named its id: keeps it, and has it looked at after one interval.</summary>
    /// <param name="answer">What the provider says of it.</param>
    /// <returns>False = no row follows what the provider has: it was given up meanwhile.</returns>
    /// <exception cref="StoreUnavailableException">Whether it was kept is not known.</exception>
    public async ValueTask<bool> OpenAsync(Call call, string providerId, string answer)
    {
        if (!await store.MoveAsync(call.Id, BatchState.Sending, BatchState.Open, providerId, answer, CancellationToken.None))
        {
            // Found before we could say so: this row has the id, or one of the same input file has, and this one is looked for in its place.
            if (await store.IsTakenAsync(call.Route.Provider, providerId, CancellationToken.None))
                return true;
            metrics.BatchMoved("lost");
            return false;
        }

        await store.HurryAsync(call.Id, clock.GetUtcNow() + options.BatchPollInterval, CancellationToken.None);
        return true;
    }

    /// <summary>The sending is over and nobody knows how it ended: it need not be waited for any more.</summary>
    public async ValueTask SeekAsync(Guid id)
    {
        try
        {
            await store.HurryAsync(id, clock.GetUtcNow() + options.BatchPollInterval, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            metrics.StoreFailed();
        }
    }

    private async ValueTask<GatewayRefusal?> TryAsync(Call call, BatchQuote quote, IReadOnlyList<byte[]> chunks, string? inputFile)
    {
        if (Unfitting(quote, await reservations.PeekAsync(quote.Holds, CancellationToken.None)) is { } known)
            return OverBudget(quote, known);
        // Not the call's own beginning: the body may have taken minutes since.
        var now = clock.GetUtcNow();
        await store.AddAsync(BatchOf(call, quote, inputFile, now), chunks, now + PrepareLimit, CancellationToken.None);
        call.Outcome = await reservations.ReserveAsync(ReservationOf(call, quote, now), CancellationToken.None);
        if (call.Outcome.Refusal is { } refusal)
        {
            await DropAsync(call.Tenant.Id, call.Id, BatchState.Preparing);
            return OverBudget(quote, refusal);
        }

        await reservations.DurableAsync(call.Outcome.Commit);
        if (!await store.BeginSendingAsync(call.Id, clock.GetUtcNow() + BatchProvider.SendLimit + SendMargin, CancellationToken.None))
        {
            // It took so long that it was given up: what was reserved after that is given back.
            await reservations.VoidAsync(call.Tenant.Id, call.Id, CancellationToken.None);
            return Refusals.StoreUnavailable;
        }

        metrics.BatchMoved("admitted");
        if (call.Outcome.WouldBlock is not null)
            metrics.CallWouldBlock();
        return null;
    }

    // So that a batch which clearly does not fit is refused before its lines are written down; reserving decides.
    private static Refusal? Unfitting(BatchQuote quote, IReadOnlyList<BudgetState> states)
    {
        for (var i = 0; i < states.Count; i++)
        {
            var (state, hold) = (states[i], quote.Holds[i]);
            if (hold.Budget.Mode == BudgetMode.Enforce && hold.Amount > 0 && hold.Amount > state.Remaining)
                return new Refusal(hold.Budget, hold.ScopeValue, state.Limit, state.Spent, state.Held, state.ResetsAt, hold.Amount <= state.Remaining + state.Held);
        }

        return null;
    }

    private GatewayRefusal OverBudget(BatchQuote quote, Refusal refusal)
    {
        var needed = quote.Holds.FirstOrDefault(hold => hold.Budget.Name == refusal.Budget.Name && hold.ScopeValue == refusal.ScopeValue).Amount;
        return Refusals.OverBudget(refusal, "batch", quote.Worst, needed, clock.GetUtcNow());
    }

    private static Batch BatchOf(Call call, BatchQuote quote, string? inputFile, DateTimeOffset now) => new()
    {
        Id = call.Id,
        Tenant = call.Tenant.Id,
        State = BatchState.Preparing,
        CreatedAt = now,
        Definition = new BatchDefinition
        {
            Provider = call.Route.Provider,
            Caller = call.Caller,
            LineCount = quote.LineCount,
            Reserved = quote.Worst,
            MarkupBasisPoints = call.Tenant.MarkupBasisPoints,
            PricedAt = quote.PricedAt,
            Rates = quote.Rates,
            InputFile = inputFile,
            Holds = [.. quote.Holds.Select(hold => hold.Budget.LimitKind)],
            Places = quote.Places,
        },
    };

    private Reservation ReservationOf(Call call, BatchQuote quote, DateTimeOffset now) => new()
    {
        Id = call.Id,
        Caller = call.Caller,
        Provider = call.Route.Provider,
        Api = quote.Api,
        Model = quote.Model,
        Rate = quote.Rates.GetValueOrDefault(quote.Model),
        Amount = quote.Worst,
        WorstUsage = quote.WorstUsage,
        MarkupBasisPoints = call.Tenant.MarkupBasisPoints,
        StartedAt = now,
        Lifetime = options.BatchLifetime + Margin,
        Holds = quote.Holds,
        Standing = true,
        Tier = ServiceTier.Batch,
        Regional = quote.Regional,
    };
}
