using BudgetProxy.Gateway;
using BudgetProxy.Ledger;

namespace BudgetProxy.Checks;

/// <summary>One object of usage as it was read: an entry to book, or what is wrong with it; exactly one of the two.</summary>
/// <param name="Number">1, 2, 3, … in the body.</param>
/// <param name="Id">The client's own; null = it could not be read.</param>
internal sealed record UsageLine(int Number, string? Id, LedgerEntry? Entry, GatewayRefusal? Refusal);
