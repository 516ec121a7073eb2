using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Reservations;

/// <summary>What one atomic step decided: all holds taken, or none and why.</summary>
/// <param name="Refusal">Null = all holds are taken.</param>
/// <param name="WouldBlock">Names of shadow budgets that would have refused, comma-separated; null = none.</param>
/// <param name="RemainingUsd">In the tightest USD budget after this reservation; null = the call has no USD budget.</param>
public readonly record struct ReserveOutcome(Refusal? Refusal, string? WouldBlock, NanoUsd? RemainingUsd);
