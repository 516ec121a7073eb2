using BudgetProxy.Core.Budgets;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Gateway;

/// <summary>Reserve or refuse: what the call may come to against every budget that applies, in one step.</summary>
public sealed class CallReserver(IReservationStore store, ProviderCount providerCount, ProxyMetrics metrics, ProxyOptions options, TimeProvider clock)
{
    /// <summary>Fills in reservation and outcome; null = all holds are taken. Fails closed: without the store nothing is forwarded.</summary>
    public async ValueTask<GatewayRefusal?> ReserveAsync(Call call)
    {
        if (CheckCeiling(call) is { } tooExpensive)
            return await AgainAsync(call, tooExpensive);

        var reservation = ReservationOf(call);
        try
        {
            call.Outcome = await store.ReserveAsync(reservation, CancellationToken.None);
            if (call.Outcome.Refusal is { } refusal)
                return await RefusedAsync(call, refusal, reservation);
        }
        catch (StoreUnavailableException)
        {
            metrics.StoreFailed();
            return options.AllowOnStoreOutage ? await AdmitAsync(call, reservation) : Refusals.StoreUnavailable;
        }

        call.Reservation = reservation;
        metrics.CallAdmitted();
        if (call.Outcome.WouldBlock is not null)
            metrics.CallWouldBlock();
        if (call.ClampedTo is not null)
            metrics.CallClamped();
        return null;
    }

    /// <summary>The tenant's ceiling for one call; null = the call is not above it.</summary>
    public static GatewayRefusal? CheckCeiling(Call call) =>
        call.Tenant.CeilingInForce is { } ceiling && call.Quote.Worst > ceiling ? Refusals.TooExpensive(call.Quote.Worst, ceiling) : null;

    /// <summary>No budget took its hold. What the provider counts, or a lower output limit, may let the call fit all the same.</summary>
    private async ValueTask<GatewayRefusal?> RefusedAsync(Call call, Refusal refusal, Reservation reservation)
    {
        var refused = Refusals.OverBudget(refusal, call, clock.GetUtcNow());
        if (await providerCount.TightenAsync(call, refused))
            return await ReserveAsync(call);
        try
        {
            var (lowered, tooLittle) = await OutputClamp.TryAsync(call, refusal, reservation.Holds, store);
            if (!lowered)
                return tooLittle is null ? refused : Refusals.OverBudget(tooLittle, call, clock.GetUtcNow());
        }
        catch (StoreUnavailableException)
        {
            // It was refused, whatever may be done while the store is away.
            metrics.StoreFailed();
            return refused;
        }

        return await ReserveAsync(call);
    }

    private Reservation ReservationOf(Call call)
    {
        var quote = call.Quote;
        var holds = HoldsOf(call);
        var expects = Expects(holds);
        var bounds = CallBounds.Of(quote, call.Tenant.MarkupBasisPoints);
        return new Reservation
        {
            Id = call.Id,
            Caller = call.Caller,
            Provider = call.Route.Provider,
            Api = call.Route.Api!.Value,
            Model = call.Request.Model,
            Rate = call.Unpriced ? null : quote.Rate.Id,
            Amount = quote.Worst,
            WorstUsage = quote.WorstUsage,
            Expected = expects ? bounds.Expected : null,
            ExpectedTokens = expects ? bounds.ExpectedTokens : null,
            Tier = quote.Tier,
            Regional = quote.Regional,
            MarkupBasisPoints = call.Tenant.MarkupBasisPoints,
            Streamed = call.Request.Stream,
            StartedAt = call.StartedAt,
            Lifetime = options.ReservationLifetime,
            Holds = holds,
        };
    }

    private static bool Expects(List<Hold> holds)
    {
        foreach (var hold in holds)
        {
            if (hold.Budget is { Admission: Admission.Expected, Mode: BudgetMode.Enforce })
                return true;
        }

        return false;
    }

    // Where the provider's own count lowers the quote, the call is tried once more; the refused try holds nothing.
    private async ValueTask<GatewayRefusal?> AgainAsync(Call call, GatewayRefusal refusal) =>
        await providerCount.TightenAsync(call, refusal) ? await ReserveAsync(call) : refusal;

    /// <summary>Lets the call through without a reservation, once it is written down on this machine's disk.</summary>
    private async ValueTask<GatewayRefusal?> AdmitAsync(Call call, Reservation reservation)
    {
        try
        {
            await store.SpoolAsync(reservation, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            return Refusals.StoreUnavailable;
        }

        call.Reservation = reservation;
        metrics.CallAdmitted();
        return null;
    }

    /// <summary>Every matching budget's share of the call, as its admission asks for.</summary>
    public static List<Hold> HoldsOf(Call call)
    {
        var budgets = call.Tenant.Budgets;
        var holds = new List<Hold>(budgets.Count);
        BudgetMatcher.Match(budgets, call.Caller, call.Route.Provider, call.Request.Model, CallBounds.Of(call.Quote, call.Tenant.MarkupBasisPoints), holds);
        call.Run?.Join(holds, call.Quote.Worst);
        return holds;
    }
}
