using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>What <c>standing.lua</c> is told of a reservation.</summary>
internal static class StandingLayout
{
    /// <summary>How long what was charged as presumed can be taken back, as for every call.</summary>
    private static readonly TimeSpan LateSettlement = TimeSpan.FromDays(7);

    private static readonly TimeSpan LeastStay = TimeSpan.FromHours(1);

    /// <param name="presumed">True = the ledger has its presumed charge, and it holds nothing any more.</param>
    /// <param name="now">On the counters' clock.</param>
    public static RedisValue[] Arguments(StandingRow row, bool presumed, DateTimeOffset now)
    {
        var ends = presumed ? row.EndsAt + LateSettlement : row.EndsAt;
        var stays = ends - now > LeastStay ? ends - now : LeastStay;
        return
        [
            row.Tenant, row.Id.ToString("N"), presumed ? "p" : "o", row.StartedAt.ToUnixTimeMilliseconds(), ends.ToUnixTimeMilliseconds(),
            (long)stays.TotalMilliseconds, EntryCodec.Write(row.Call), row.Call.Amount.Value, row.Call.WorstUsage.Total,
            ReserveStep.Markup(row.Call.MarkupBasisPoints), row.NextPart,
            .. row.Holds.SelectMany(hold => new RedisValue[] { hold.Shape, hold.Scope, hold.Unit, hold.Slot, hold.Ends, hold.Amount }),
        ];
    }
}
