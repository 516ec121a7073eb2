namespace BudgetProxy.Distributed.Redis;

/// <summary>What can be done with counters besides reserving and settling.</summary>
internal sealed record Counters(CounterScripts Scripts, BudgetCounting Counting, CounterReads Reads, Bookings Bookings, DriftCheck Drift)
{
    public DefinitionCache Definitions => Bookings.Definitions;
}
