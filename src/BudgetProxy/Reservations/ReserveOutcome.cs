using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Reservations;

/// <summary>What one atomic step decided: all holds taken, or none and why.</summary>
/// <param name="Refusal">Null = all holds are taken.</param>
/// <param name="WouldBlock">Names of shadow budgets that would have refused, comma-separated; null = none.</param>
/// <param name="RemainingUsd">In the tightest enforced USD budget after this reservation; null = the call has none.</param>
/// <param name="Commit">What <see cref="IReservationStore.DurableAsync"/> waits for; 0 = nothing was written.</param>
public readonly record struct ReserveOutcome(Refusal? Refusal, string? WouldBlock, NanoUsd? RemainingUsd, long Commit = 0)
{
    /// <summary>Adds a name to <see cref="WouldBlock"/>, once: a standing reservation can be held by several counters of one budget.</summary>
    internal static string Joined(string? names, string name) =>
        names is null ? name : names.Split(',').Contains(name, StringComparer.Ordinal) ? names : names + "," + name;
}
