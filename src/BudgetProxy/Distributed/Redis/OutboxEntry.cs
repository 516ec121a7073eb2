using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>One row of an outbox.</summary>
/// <param name="RowStays">True where the reservation's row in Redis is still needed: for late settlements of presumed ones, and against repeats.</param>
internal readonly record struct OutboxEntry(RedisValue StreamId, PlacedEntry Placed, bool RowStays)
{
    private const int Fields = 16;

    /// <summary>Reads a row as <c>publish</c> in <c>common.lua</c> writes it. False = it is none that this version knows.</summary>
    public static bool TryRead(RedisResult row, out OutboxEntry entry)
    {
        entry = default;
        try
        {
            var parts = (RedisResult[])row!;
            var fields = (RedisResult[])parts[1]!;
            if (fields.Length < Fields)
                return false;
            var kind = (string)fields[1]!;
            var id = Guid.ParseExact((string)fields[3]!, "N");
            var place = new Place(long.Parse((string)fields[13]!), long.Parse((string)fields[15]!));
            var settledAt = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse((string)fields[11]!));
            entry = new OutboxEntry((string)parts[0]!, new PlacedEntry(Entry(kind, id, fields, settledAt), place), kind is "p" or "e");
            return true;
        }
        catch (Exception broken) when (broken is FormatException or InvalidOperationException or InvalidCastException or OverflowException or ArgumentException)
        {
            return false;
        }
    }

    private static LedgerEntry Entry(string kind, Guid id, RedisResult[] fields, DateTimeOffset settledAt)
    {
        var blob = (byte[])fields[9]!;
        if (kind == "e")
            return EntryCodec.ReadEntry(blob, id);
        var call = EntryCodec.ReadCall((byte[])fields[5]!, id, DateTimeOffset.FromUnixTimeMilliseconds(long.Parse((string)fields[7]!)));
        return kind switch
        {
            "s" => Entries.Settled(call, EntryCodec.ReadSettlement(blob), settledAt),
            "a" => Entries.Adjusting(call, EntryCodec.ReadSettlement(blob), settledAt),
            "p" => Entries.Presumed(call, settledAt),
            _ => throw new FormatException("An entry of a kind that this version does not know."),
        };
    }
}
