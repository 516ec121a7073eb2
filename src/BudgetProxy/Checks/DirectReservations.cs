using System.Security.Cryptography;
using System.Text;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Gateway;
using BudgetProxy.Reservations;

namespace BudgetProxy.Checks;

/// <summary>
/// <c>POST /v1/reservations</c>: holds money for a call that the client makes itself. Written down before it is held and once more before it is answered, so
/// that what nobody can settle is given back, and a repeat under the same Idempotency-Key holds once and hears what the first heard.
/// </summary>
public sealed class DirectReservations(IDirectReservationStore rows, IReservationStore store, DirectQuoter quoter, CallQuoter calls, TimeProvider clock)
{
    /// <summary>Days after its time was over for which a reservation can be settled late, and is known.</summary>
    public const int KeptDays = 6;

    private const string RepeatHeader = "Idempotency-Key";
    private const int MostKeyChars = 256;

    public async Task<GatewayRefusal?> CreateAsync(Call call)
    {
        if (ReadRepeatKey(call) is { Refusal: { } bad })
            return bad;
        var (fields, unread) = await CheckBody.ReadAsync(call);
        if (fields is null)
            return unread;
        var request = Hash(call.Body.Span);
        var (definition, refusal) = quoter.Quote(call, fields);
        var repeat = ReadRepeatKey(call).Key;
        // A repeat is answered as the first was, even where a new one would be refused by now.
        if (refusal is not null && (repeat is null || refusal.Status == StatusCodes.Status400BadRequest))
            return refusal;
        if (definition is null)
            return refusal;
        refusal ??= await calls.FindRunAsync(call, definition.Run);
        var wanted = new DirectReservation
        {
            Id = call.Id,
            Tenant = call.Tenant.Id,
            State = DirectState.Asked,
            RepeatKey = repeat,
            Request = request,
            Definition = definition,
            TouchedAt = call.StartedAt,
            EndsAt = call.StartedAt.AddSeconds(definition.Seconds),
        };
        var there = await rows.AddAsync(wanted, CancellationToken.None);
        if (there.Request != request)
            return CheckRefusals.KeyReused;
        if (there.Answer is { } answer)
            return await AnswerAsync(call, there, answer, isRepeat: true);
        if (refusal is null || there.Id != wanted.Id)
            return await HoldAsync(call, there);
        await rows.RemoveAsync(there.Id, DirectState.Asked, CancellationToken.None);
        return refusal;
    }

    private async Task<GatewayRefusal?> HoldAsync(Call call, DirectReservation reservation)
    {
        var asked = reservation.ToReservation(call.Tenant.Budgets, call.Run);
        var outcome = await store.ReserveAsync(asked, CancellationToken.None);
        if (outcome.Refusal is { } refusal)
        {
            await rows.RemoveAsync(reservation.Id, DirectState.Asked, CancellationToken.None);
            var needed = BudgetMatcher.AskedOf(refusal.Budget.LimitKind, asked.Amount, asked.MarkupBasisPoints, asked.WorstUsage.Total);
            return Refusals.OverBudget(refusal, "call", asked.Amount, needed, clock.GetUtcNow());
        }

        await store.DurableAsync(outcome.Commit);
        var answer = Encoding.UTF8.GetString(AnswerOf(reservation, outcome));
        if (outcome.WouldBlock is { } shadows)
            call.Context.Response.Headers[HeaderNames.WouldBlock] = shadows;
        if (await rows.MoveAsync(reservation.Id, DirectState.Asked, DirectState.Held, answer, null, clock.GetUtcNow(), CancellationToken.None))
            return await AnswerAsync(call, reservation, answer, isRepeat: false);
        // Another request under the same key was quicker, or it took so long that the reservation is being given back.
        var there = await rows.FindAsync(reservation.Tenant, reservation.Id, CancellationToken.None);
        if (there?.Answer is { } first)
            return await AnswerAsync(call, there, first, isRepeat: true);
        if (there is null)
            await store.VoidAsync(reservation.Tenant, reservation.Id, CancellationToken.None);
        return CheckRefusals.StoreUnavailable;
    }

    private static Task<GatewayRefusal?> AnswerAsync(Call call, DirectReservation reservation, string answer, bool isRepeat)
    {
        var headers = call.Context.Response.Headers;
        headers[HeaderNames.EstimatedCostUsd] = new NanoUsd(reservation.Definition.Amount).ToString();
        headers.Location = $"/v1/reservations/{reservation.Id}";
        if (isRepeat)
            headers["Idempotent-Replayed"] = "true";
        return DirectAnswer.SendAsync(call, StatusCodes.Status201Created, Encoding.UTF8.GetBytes(answer));
    }

    private static byte[] AnswerOf(DirectReservation reservation, ReserveOutcome outcome) => DirectAnswer.Object(json =>
    {
        json.WriteString("id", reservation.Id);
        json.WriteString("state", DirectState.Held.Name());
        json.WriteString("costUsd", new NanoUsd(reservation.Definition.Amount).ToString());
        json.WriteString("remainingUsd", outcome.RemainingUsd?.ToBalance());
        json.WriteString("rate", reservation.Definition.Rate);
        json.WriteString("expiresAt", Refusals.Shown(reservation.EndsAt));
    });

    /// <summary>The hash of the client's key: it is the client's own text, which no row needs.</summary>
    private static (string? Key, GatewayRefusal? Refusal) ReadRepeatKey(Call call)
    {
        var values = call.Context.Request.Headers[RepeatHeader];
        if (values.Count == 0)
            return (null, null);
        var text = values.ToString();
        return values.Count == 1 && text.Length is > 0 and <= MostKeyChars && !text.Any(char.IsControl)
            ? (Hash(Encoding.UTF8.GetBytes(text)), null)
            : (null, CheckRefusals.BadRepeatKey);
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}
