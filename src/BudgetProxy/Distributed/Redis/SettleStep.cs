using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>One settlement's or void's share of a call of <c>settle.lua</c>.</summary>
/// <param name="settlement">Null = void.</param>
internal sealed class SettleStep(string tenant, Guid id, Settlement? settlement) : StoreStep
{
    /// <summary>What a void books where the reservation was charged as presumed before it.</summary>
    public static readonly Settlement Nothing = new(default, UsageBasis.Reported, NanoUsd.Zero, null, null, 0);

    private static readonly byte[] NothingText = EntryCodec.Write(Nothing);

    public override int Width => 6;

    public override void Write(Span<RedisValue> arguments)
    {
        arguments[0] = settlement is null ? "v" : "s";
        arguments[1] = tenant;
        arguments[2] = id.ToString("N");
        arguments[3] = settlement is null ? 0 : Entries.Bounded(settlement.Cost).Value;
        arguments[4] = settlement is null ? 0 : Entries.Bounded(settlement.Usage).Total;
        arguments[5] = settlement is null ? NothingText : EntryCodec.Write(settlement);
    }
}
