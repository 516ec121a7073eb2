using BudgetProxy.Ledger;

namespace BudgetProxy.Distributed;

/// <summary>A ledger entry with its place in its tenant's history of counters.</summary>
public readonly record struct PlacedEntry(LedgerEntry Entry, Place Place);
