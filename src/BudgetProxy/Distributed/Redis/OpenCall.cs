using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>A reservation that is still open, as a recovery carries it over.</summary>
/// <param name="Text">The call as it stands in Redis.</param>
internal sealed record OpenCall(Guid Id, string Tenant, string Owner, DateTimeOffset StartedAt, DateTimeOffset Deadline, byte[] Text)
{
    public static OpenCall Of(OwnCall call, string owner) => new(
        call.Reservation.Id, call.Reservation.Caller.Tenant, owner, call.StartedAt, call.StartedAt + call.Reservation.Lifetime, call.Text);

    /// <summary>Its share of a call of <c>recover.lua</c>.</summary>
    public IEnumerable<RedisValue> Arguments()
    {
        var call = EntryCodec.ReadCall(Text, Id, StartedAt);
        return
        [
            Tenant, Id.ToString("N"), Owner, StartedAt.ToUnixTimeMilliseconds(), Deadline.ToUnixTimeMilliseconds(), Text, call.Amount.Value, call.WorstUsage.Total,
            ReserveStep.Markup(call.MarkupBasisPoints),
        ];
    }
}
