using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>What allowances go by of one entry.</summary>
/// <param name="Place">Where it stands; of a correction, where the entry stands that it corrects.</param>
/// <param name="Hour">First instant of the UTC hour in which it was settled itself.</param>
/// <param name="Tokens">Input of all kinds and output.</param>
public readonly record struct PlacedAmounts(EntryPlace Place, DateTimeOffset Hour, long Tokens, NanoUsd Cost, NanoUsd Charged);
