using BudgetProxy.Core.Money;

namespace BudgetProxy.Invoices;

/// <summary>What a provider billed for a model on a day, beside what the ledger says that it costs.</summary>
/// <param name="Model">By the rate card's name; what is none of the card's stands in its own words.</param>
/// <param name="IsKnown">True where the card has it.</param>
internal sealed record ComparedLine(DateOnly Day, string Model, bool IsKnown, NanoUsd Invoiced, NanoUsd Booked);
