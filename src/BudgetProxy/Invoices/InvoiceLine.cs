using BudgetProxy.Core.Money;

namespace BudgetProxy.Invoices;

/// <summary>What one thing cost on one day of UTC.</summary>
/// <param name="Item">A model, or what else was billed, in the provider's words; empty = the file does not say.</param>
/// <param name="Cost">May be below zero, where the provider gives something back.</param>
public sealed record InvoiceLine(DateOnly Day, string Item, NanoUsd Cost);
