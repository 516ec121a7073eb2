using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Batches;

/// <summary>A line with what was reserved for it.</summary>
/// <param name="User">Whom its entry names.</param>
/// <param name="Worst">Its share of the reservation.</param>
/// <param name="Holds">Which holds of the reservation it has a share in, by their numbers in <see cref="BatchDefinition.Holds"/>.</param>
public sealed record PricedLine(BatchLine Line, string? User, NanoUsd Worst, Usage WorstUsage, IReadOnlyList<int> Holds);
