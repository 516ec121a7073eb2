using BudgetProxy.Core.Money;

namespace BudgetProxy.Gateway;

/// <summary>How a call ended on the books.</summary>
/// <param name="Cost">What the provider takes; zero when the call was voided.</param>
public readonly record struct Settled(NanoUsd Cost);
