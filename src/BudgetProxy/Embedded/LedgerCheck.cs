using BudgetProxy.Core.Budgets;
using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>Sums of the ledger on a session of their own, beside the writer: for a budget that is to be counted, and to check what is counted.</summary>
internal sealed class LedgerCheck(EmbeddedDatabase database)
{
    /// <summary>A check reads no more entries than this; what it did not reach comes first the next time.</summary>
    private const int MostEntries = 200_000;

    /// <summary>All that the ledger holds for a budget by now.</summary>
    public LedgerSums Sum(Budget budget, DateTimeOffset now)
    {
        using var session = database.OpenSession();
        session.Execute("BEGIN");
        var seeding = new Seeding(session);
        return seeding.Sum(budget, now, seeding.LastEntry(), -1);
    }

    /// <summary>Σ |counter − ledger| of the budgets it got through, and the last shape that it looked at.</summary>
    public (long Distance, long LastShape) Compare(CounterTally tally)
    {
        using var session = database.OpenSession();
        var seeding = new Seeding(session);
        var left = MostEntries;
        long distance = 0, last = 0;
        foreach (var counted in tally.Budgets)
        {
            if (left <= 0)
                return (distance, last);
            last = counted.ShapeId;
            var sums = seeding.Sum(counted.Budget, tally.At, tally.LastEntry, left + 1);
            // A window longer than a whole check can read stays unchecked.
            if (sums.Entries <= left)
                distance += Distance(counted, sums);
            left -= sums.Entries;
        }

        return (distance, tally.LastShape);
    }

    private static long Distance(CountedBudget counted, LedgerSums sums)
    {
        long distance = 0;
        foreach (var (scope, slot, spent) in counted.Slots)
            distance += Math.Abs(spent - sums.Slots.GetValueOrDefault((scope, slot)).Spent);
        return distance;
    }
}
