using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>One reservation's share of a call of <c>reserve.lua</c>.</summary>
internal sealed class ReserveStep(Reservation reservation, byte[] call, RedisValue definitions, IReadOnlyList<PlannedHold> holds) : StoreStep
{
    private const int Head = 10;
    private const int HoldWidth = 10;

    public override int Width => Head + (holds.Count * HoldWidth);

    public override void Write(Span<RedisValue> arguments)
    {
        arguments[0] = reservation.Caller.Tenant;
        arguments[1] = reservation.Id.ToString("N");
        arguments[2] = definitions;
        arguments[3] = (long)reservation.Lifetime.TotalMilliseconds;
        arguments[4] = call;
        arguments[5] = Entries.Bounded(reservation.Amount).Value;
        arguments[6] = Entries.Bounded(reservation.WorstUsage).Total;
        arguments[7] = Markup(reservation.MarkupBasisPoints);
        arguments[8] = reservation.Holds.Count;
        arguments[9] = holds.Count;
        for (var i = 0; i < holds.Count; i++)
            Write(holds[i], arguments[(Head + (i * HoldWidth))..]);
    }

    /// <summary>What counters are asked to bear: what no limit can hold need not be exact.</summary>
    public static long Amount(in Hold hold) => Math.Clamp(hold.Amount, 0, NanoUsd.Ceiling.Value);

    /// <summary>As the scripts take it: empty = none, which spares a reservation a field.</summary>
    public static RedisValue Markup(int basisPoints) => basisPoints == 0 ? RedisValue.EmptyString : basisPoints;

    private static void Write(in PlannedHold planned, Span<RedisValue> arguments)
    {
        arguments[0] = planned.Budget.Shape;
        arguments[1] = planned.Hold.ScopeValue;
        arguments[2] = planned.Budget.UnitOf(planned.Own);
        arguments[3] = planned.Limit;
        arguments[4] = Amount(planned.Hold);
        arguments[5] = planned.Enforced ? 1 : 0;
        arguments[6] = planned.Slot.Start;
        arguments[7] = planned.Slot.Next;
        arguments[8] = planned.Slot.Ends;
        arguments[9] = planned.Budget.Span;
    }
}
