using BudgetProxy.Core.Money;
using BudgetProxy.Gateway;

namespace BudgetProxy.Checks;

/// <summary>
/// <c>GET /v1/reservations/{id}</c>, and its <c>settle</c> and <c>void</c>. The row decides which of several comes first; a repeat of it is answered as the
/// first was, whatever its body says.
/// </summary>
public sealed class DirectEndings(IDirectReservationStore rows, DirectQuoter quoter, DirectBooks books, TimeProvider clock)
{
    public async Task<GatewayRefusal?> GetAsync(Call call)
    {
        var (reservation, missing) = await FindAsync(call);
        return reservation is null ? missing : await DirectAnswer.SendAsync(call, StatusCodes.Status200OK, DirectAnswer.Object(json =>
        {
            var asked = reservation.Definition;
            var expired = reservation.State == DirectState.Held && reservation.EndsAt <= clock.GetUtcNow();
            json.WriteString("id", reservation.Id);
            json.WriteString("state", expired ? "expired" : StateOf(reservation).Name());
            json.WriteString("provider", asked.Provider);
            json.WriteString("model", asked.Model);
            json.WriteString("rate", asked.Rate);
            json.WriteString("reservedUsd", new NanoUsd(asked.Amount).ToString());
            json.WriteString("costUsd", reservation.Settlement is { } settlement ? new NanoUsd(settlement.Cost).ToString() : null);
            json.WriteString("expiresAt", Refusals.Shown(reservation.EndsAt));
        }));
    }

    public async Task<GatewayRefusal?> SettleAsync(Call call)
    {
        var (reservation, missing) = await FindAsync(call);
        if (reservation is null)
            return missing;
        if (StateOf(reservation) == DirectState.Held)
        {
            var (fields, unread) = await CheckBody.ReadAsync(call);
            if (fields is null)
                return unread;
            var (settlement, refusal) = quoter.Settle(call, reservation, fields);
            if (settlement is null)
                return refusal;
            reservation = await MoveAsync(reservation, DirectState.Settling, settlement);
        }

        if (reservation is null)
            return missing ?? NotFound(call);
        if (StateOf(reservation) == DirectState.Voided)
            return CheckRefusals.Voided;
        if (reservation.State == DirectState.Settling && !await books.SettleAsync(reservation, CancellationToken.None))
            return NotFound(call);
        call.Context.Response.Headers[HeaderNames.CostUsd] = new NanoUsd(reservation.Settlement!.Cost).ToString();
        return await DirectAnswer.SendAsync(call, StatusCodes.Status200OK, SettledAnswer(reservation));
    }

    public async Task<GatewayRefusal?> VoidAsync(Call call)
    {
        var (reservation, missing) = await FindAsync(call);
        if (reservation is null)
            return missing;
        if (StateOf(reservation) == DirectState.Held)
            reservation = await MoveAsync(reservation, DirectState.Voiding, null);
        if (reservation is null)
            return NotFound(call);
        if (StateOf(reservation) == DirectState.Settled)
            return CheckRefusals.Settled;
        if (reservation.State == DirectState.Voiding)
            await books.VoidAsync(reservation, forget: false, CancellationToken.None);
        return await DirectAnswer.SendAsync(call, StatusCodes.Status200OK, DirectAnswer.Object(json =>
        {
            json.WriteString("id", reservation.Id);
            json.WriteString("state", DirectState.Voided.Name());
        }));
    }

    private static byte[] SettledAnswer(DirectReservation reservation) => DirectAnswer.Object(json =>
    {
        var (cost, reserved) = (new NanoUsd(reservation.Settlement!.Cost), new NanoUsd(reservation.Definition.Amount));
        json.WriteString("id", reservation.Id);
        json.WriteString("state", DirectState.Settled.Name());
        json.WriteString("costUsd", cost.ToString());
        json.WriteString("chargedUsd", cost.WithMarkup(reservation.Definition.Markup).ToString());
        json.WriteString("reservedUsd", reserved.ToString());
        json.WriteString("overrunUsd", NanoUsd.Max(NanoUsd.Zero, cost - reserved).ToString());
        json.WriteString("rate", reservation.Settlement.Rate);
    });

    /// <summary>What a client sees of a state: what is decided is as good as done.</summary>
    private static DirectState StateOf(DirectReservation reservation) => reservation.State switch
    {
        DirectState.Settling => DirectState.Settled,
        DirectState.Voiding => DirectState.Voided,
        var state => state,
    };

    private static GatewayRefusal NotFound(Call call) => CheckRefusals.NoReservation(call.Context.Request.RouteValues["id"] as string ?? "");

    /// <summary>The tenant's own, once its client was answered: before, nobody can know its id.</summary>
    private async ValueTask<(DirectReservation? Reservation, GatewayRefusal? Refusal)> FindAsync(Call call)
    {
        if (!Guid.TryParseExact(call.Context.Request.RouteValues["id"] as string, "D", out var id))
            return (null, NotFound(call));
        var reservation = await rows.FindAsync(call.Tenant.Id, id, CancellationToken.None);
        return reservation is null or { State: DirectState.Asked } || reservation.EndsAt.AddDays(DirectReservations.KeptDays) <= clock.GetUtcNow()
            ? (null, NotFound(call))
            : (reservation, null);
    }

    /// <returns>The row as it is afterwards, moved by this or by another; null = it is gone.</returns>
    private async ValueTask<DirectReservation?> MoveAsync(DirectReservation reservation, DirectState to, DirectSettlement? settlement) =>
        await rows.MoveAsync(reservation.Id, DirectState.Held, to, null, settlement, clock.GetUtcNow(), CancellationToken.None)
            ? reservation with { State = to, Settlement = settlement }
            : await rows.FindAsync(reservation.Tenant, reservation.Id, CancellationToken.None);
}
