using System.Buffers.Binary;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;

namespace BudgetProxy.Reservations;

/// <summary>Makes the ledger entries that a reservation can end in.</summary>
internal static class Entries
{
    /// <summary>
    /// A cost outside 0 to <see cref="NanoUsd.MaxLimit"/> can't be real (a provider's answer named an absurd usage) and would break the sums: it is
    /// cut to that range.
    /// </summary>
    public static NanoUsd Bounded(NanoUsd cost) => new(Math.Clamp(cost.Value, 0, NanoUsd.MaxLimit.Value));

    /// <summary>No answer uses that many tokens: a bucket above 2^48, or below 0, can't be real and would break the sums, so it is cut to that range.</summary>
    public static Usage Bounded(in Usage usage) => new()
    {
        Input = Bounded(usage.Input),
        CachedInput = Bounded(usage.CachedInput),
        CacheWriteShort = Bounded(usage.CacheWriteShort),
        CacheWriteLong = Bounded(usage.CacheWriteLong),
        Output = Bounded(usage.Output),
        Reasoning = Bounded(usage.Reasoning),
        AudioInput = Bounded(usage.AudioInput),
        AudioOutput = Bounded(usage.AudioOutput),
        ImageInput = Bounded(usage.ImageInput),
        ImageOutput = Bounded(usage.ImageOutput),
        ToolCalls = Bounded(usage.ToolCalls),
        FileSearches = Bounded(usage.FileSearches),
        CodeSessions = Bounded(usage.CodeSessions),
    };

    public static LedgerEntry Settled(ReservedCall call, Settlement settlement, DateTimeOffset now)
    {
        var cost = Bounded(settlement.Cost);
        var reserved = call.Expected ?? call.Amount;
        return new LedgerEntry
        {
            Id = call.Id,
            RequestId = call.Id,
            Tenant = call.Caller.Tenant,
            User = call.Caller.User,
            Project = call.Caller.Project,
            Key = call.Caller.Key,
            Run = call.Caller.Run,
            Tags = call.Caller.Tags,
            Provider = call.Provider,
            Api = call.Api,
            Model = call.Model,
            ServedModel = settlement.ServedModel,
            Rate = settlement.Rate,
            Basis = settlement.Basis,
            Usage = Bounded(settlement.Usage),
            Cost = cost,
            Charged = cost.WithMarkup(call.MarkupBasisPoints),
            Reserved = reserved,
            Overrun = NanoUsd.Max(NanoUsd.Zero, cost - reserved),
            Streamed = call.Streamed,
            Status = settlement.Status,
            Tier = settlement.Tier,
            Regional = settlement.Regional,
            MarkupBasisPoints = call.MarkupBasisPoints,
            Prepaid = call.Caller.Prepaid,
            UnknownBucket = settlement.UnknownBucket,
            StartedAt = call.StartedAt,
            SettledAt = now,
        };
    }

    /// <summary>The worst case, for a reservation whose owner was never heard of again.</summary>
    public static LedgerEntry Presumed(ReservedCall call, DateTimeOffset now) =>
        Settled(call, new Settlement(call.WorstUsage, UsageBasis.Presumed, call.Amount, call.Rate, null, 0, call.Tier, call.Regional), now);

    /// <summary>
    /// The difference between what was presumed and what came late. Its <see cref="LedgerEntry.Reserved"/> is zero: the entry that it
    /// corrects holds the call.
    /// </summary>
    public static LedgerEntry Adjusting(ReservedCall call, Settlement late, DateTimeOffset now) => Settled(call, late, now) with
    {
        Id = AdjustmentOf(call.Id),
        Adjusts = call.Id,
        Usage = Difference(Bounded(late.Usage), call.WorstUsage),
        Cost = Bounded(late.Cost) - call.Amount,
        Charged = Bounded(late.Cost).WithMarkup(call.MarkupBasisPoints) - call.Charged,
        Reserved = NanoUsd.Zero,
    };

    /// <summary>The entry of a line that a part of a standing reservation ends.</summary>
    public static LedgerEntry OfPart(LedgerEntry line, ReservedCall standing, DateTimeOffset now) => line with
    {
        Cost = Bounded(line.Cost),
        Usage = Bounded(line.Usage),
        StartedAt = standing.StartedAt,
        SettledAt = now,
    };

    /// <summary>
    /// Takes back what was presumed for lines that a part ends late; null = nothing was. The markup's share is the difference of what it was before and
    /// after, so that however many parts there are their sum is what was presumed, to the nano-dollar.
    /// </summary>
    public static LedgerEntry? TakingBack(ReservedCall before, ReservedCall after, int part, DateTimeOffset now)
    {
        if (before.Amount == after.Amount && before.WorstUsage == after.WorstUsage)
            return null;
        return Settled(before, new Settlement(default, UsageBasis.Reported, NanoUsd.Zero, before.Rate, null, 0, before.Tier, before.Regional), now) with
        {
            Id = TakingBackOf(before.Id, part),
            Adjusts = before.Id,
            Usage = Difference(after.WorstUsage, before.WorstUsage),
            Cost = after.Amount - before.Amount,
            Charged = after.Charged - before.Charged,
            Reserved = NanoUsd.Zero,
        };
    }

    /// <summary>
    /// The id of the entry that corrects a presumed one for a part: of the same instant, never that of <see cref="AdjustmentOf"/>, another for each part.
    /// </summary>
    private static Guid TakingBackOf(Guid presumed, int part)
    {
        Span<byte> bytes = stackalloc byte[16];
        presumed.TryWriteBytes(bytes, bigEndian: true, out _);
        var last = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], last ^ ((uint)(part + 1) << 2));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>
    /// The id of the one entry that corrects a presumed one as a whole. Made from the id that it corrects, so that it can't be booked twice, and sorts beside it.
    /// </summary>
    public static Guid AdjustmentOf(Guid presumed)
    {
        Span<byte> bytes = stackalloc byte[16];
        presumed.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[15] ^= 1;
        return new Guid(bytes, bigEndian: true);
    }

    private static long Bounded(long tokens) => Math.Clamp(tokens, 0, 1L << 48);

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
        ImageOutput = late.ImageOutput - presumed.ImageOutput,
        ToolCalls = late.ToolCalls - presumed.ToolCalls,
        FileSearches = late.FileSearches - presumed.FileSearches,
        CodeSessions = late.CodeSessions - presumed.CodeSessions,
    };
}
