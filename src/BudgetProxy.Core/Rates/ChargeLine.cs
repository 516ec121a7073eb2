using BudgetProxy.Core.Money;

namespace BudgetProxy.Core.Rates;

/// <summary>One line of a bill.</summary>
/// <param name="Quantity">Tokens, or calls for a fee.</param>
/// <param name="PerMillion">Nano-dollars per million of them, before the regional surcharge.</param>
/// <param name="Amount">What the line costs, rounded once.</param>
public readonly record struct ChargeLine(ChargeKind Kind, long Quantity, long PerMillion, NanoUsd Amount);
