namespace BudgetProxy.Embedded;

/// <summary>Counters in memory at one instant between two entries of the ledger.</summary>
/// <param name="LastEntry">Sequence of the last entry that is counted in them.</param>
/// <param name="LastShape">The shape after which the next tally goes on; 0 = from the first.</param>
internal sealed record CounterTally(DateTimeOffset At, long LastEntry, List<CountedBudget> Budgets, long LastShape);
