using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;

namespace BudgetProxy.Reservations;

/// <summary>One step in which lines of a standing reservation end.</summary>
public sealed record PartSettlement
{
    /// <summary>Entries that one part may have at the most, so that no step holds others up for long.</summary>
    public const int MostEntries = 500;

    /// <summary>0, 1, 2, … in order. One that is booked already changes nothing and says so; one that comes too early neither.</summary>
    public required int Part { get; init; }

    /// <summary>
    /// Of lines that were billed, of the reservation's tenant; may be empty. The store sets when they started, to the reservation's own start, so that they
    /// count in the windows that the batch was reserved in, and when they were settled. An id that the ledger has already is left as it is.
    /// </summary>
    public required IReadOnlyList<LedgerEntry> Entries { get; init; }

    /// <summary>The tenant's present budgets: those that match an entry count it, also where they were made after the reservation.</summary>
    public required IReadOnlyList<Budget> Budgets { get; init; }

    /// <summary>What leaves each hold of the reservation, in its order: what was reserved there for these lines, billed or not. At least 0, at most what is left.</summary>
    public required IReadOnlyList<long> Shares { get; init; }

    /// <summary>Taken off the reservation's amount: what was reserved for these lines. Cut to what is left of it.</summary>
    public required NanoUsd Released { get; init; }

    /// <summary>Taken off its worst usage, bucket by bucket; each cut to what is left of it.</summary>
    public required Usage ReleasedUsage { get; init; }

    /// <exception cref="ArgumentException">No reservation of the tenant with so many holds can have this part.</exception>
    internal static void Check(PartSettlement part, string tenant, int holds)
    {
        if (part.Entries.Count > MostEntries)
            throw new ArgumentException($"A part has {MostEntries} entries at most, this one {part.Entries.Count}: give the rest to the next part.", nameof(part));
        if (part.Shares.Count != holds)
            throw new ArgumentException($"The reservation has {holds} holds and the part {part.Shares.Count} shares: give one for each hold.", nameof(part));
        for (var i = 0; i < part.Entries.Count; i++)
        {
            if (part.Entries[i].Tenant != tenant)
                throw new ArgumentException("An entry of the part is another tenant's.", nameof(part));
        }
    }
}
