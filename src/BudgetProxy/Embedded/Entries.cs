using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Embedded;

/// <summary>Makes the ledger entries that a reservation can end in.</summary>
internal static class Entries
{
    /// <summary>
    /// A cost outside 0 to <see cref="NanoUsd.MaxLimit"/> can't be real (a provider's answer named an absurd usage) and would break the sums: it is
    /// cut to that range.
    /// </summary>
    public static NanoUsd Bounded(NanoUsd cost) => new(Math.Clamp(cost.Value, 0, NanoUsd.MaxLimit.Value));

    public static LedgerEntry Settled(OpenReservation reservation, Settlement settlement, DateTimeOffset now)
    {
        var cost = Bounded(settlement.Cost);
        return new LedgerEntry
        {
            Id = reservation.Id,
            RequestId = reservation.Id,
            Tenant = reservation.Caller.Tenant,
            User = reservation.Caller.User,
            Project = reservation.Caller.Project,
            Key = reservation.Caller.Key,
            Run = reservation.Caller.Run,
            Tags = reservation.Caller.Tags,
            Provider = reservation.Provider,
            Api = reservation.Api,
            Model = reservation.Model,
            ServedModel = settlement.ServedModel,
            Rate = settlement.Rate,
            Basis = settlement.Basis,
            Usage = settlement.Usage,
            Cost = cost,
            Charged = cost.WithMarkup(reservation.MarkupBasisPoints),
            Reserved = reservation.Amount,
            Overrun = NanoUsd.Max(NanoUsd.Zero, cost - reservation.Amount),
            Streamed = reservation.Streamed,
            Status = settlement.Status,
            StartedAt = reservation.StartedAt,
            SettledAt = now,
        };
    }

    /// <summary>The worst case, for a reservation whose owner was never heard of again.</summary>
    public static LedgerEntry Presumed(OpenReservation reservation, DateTimeOffset now) =>
        Settled(reservation, new Settlement(reservation.WorstUsage, UsageBasis.Presumed, reservation.Amount, reservation.Rate, null, 0), now);

    /// <summary>
    /// The difference between what was presumed and what came late. Its <see cref="LedgerEntry.Reserved"/> is zero: the entry that it
    /// corrects holds the reservation.
    /// </summary>
    public static LedgerEntry Adjusting(OpenReservation reservation, Settlement late, DateTimeOffset now) => Settled(reservation, late, now) with
    {
        Id = Guid.CreateVersion7(now),
        Adjusts = reservation.Id,
        Usage = Difference(late.Usage, reservation.WorstUsage),
        Cost = Bounded(late.Cost) - reservation.Amount,
        Charged = Bounded(late.Cost).WithMarkup(reservation.MarkupBasisPoints) - reservation.Amount.WithMarkup(reservation.MarkupBasisPoints),
        Reserved = NanoUsd.Zero,
    };

    private static Usage Difference(in Usage late, in Usage presumed) => new()
    {
        Input = late.Input - presumed.Input,
        CachedInput = late.CachedInput - presumed.CachedInput,
        CacheWriteShort = late.CacheWriteShort - presumed.CacheWriteShort,
        CacheWriteLong = late.CacheWriteLong - presumed.CacheWriteLong,
        Output = late.Output - presumed.Output,
        Reasoning = late.Reasoning - presumed.Reasoning,
        AudioInput = late.AudioInput - presumed.AudioInput,
        AudioOutput = late.AudioOutput - presumed.AudioOutput,
        ImageInput = late.ImageInput - presumed.ImageInput,
        ToolCalls = late.ToolCalls - presumed.ToolCalls,
    };
}
