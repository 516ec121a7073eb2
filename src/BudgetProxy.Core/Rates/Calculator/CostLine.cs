using BudgetProxy.Core.Money;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>One line of a workload's bill.</summary>
/// <param name="LongContext">True where the prices above the long-context threshold hold.</param>
/// <param name="Quantity">Tokens, calls or requests, of all requests together.</param>
/// <param name="UsdPerUnit">USD for a million tokens, for a call or for a request, any regional surcharge included.</param>
/// <param name="Cost">Quantity × price, rounded half-even, once.</param>
public sealed record CostLine(ChargeKind Kind, bool LongContext, long Quantity, decimal UsdPerUnit, NanoUsd Cost)
{
    /// <summary>True where the unit is a million tokens, not a call or a request.</summary>
    public bool IsTokens => Kind < ChargeKind.ToolCall;
}
