namespace BudgetProxy.Distributed.Redis;

/// <summary>What can be done with counters.</summary>
internal sealed record Counters(
    CounterScripts Scripts, BudgetCounting Counting, CounterReads Reads, Bookings Bookings, DriftCheck Drift, ReserveDecision Decision, StandingReservations Standing);
