using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Distributed.Redis;

/// <summary>An entry that this proxy put into the outbox and that may not be in the ledger yet.</summary>
/// <param name="StreamId">Its place in the outbox.</param>
/// <param name="Adjusts">True where it corrects a presumed one.</param>
internal readonly record struct SentEntry(StreamId StreamId, Place Place, ReservedCall Call, Settlement Settlement, bool Adjusts, DateTimeOffset SettledAt)
{
    public PlacedEntry Placed => new(Entry, Place);

    private LedgerEntry Entry => Adjusts ? Entries.Adjusting(Call, Settlement, SettledAt) : Entries.Settled(Call, Settlement, SettledAt);
}
