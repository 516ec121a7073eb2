namespace BudgetProxy.Ledger;

/// <summary>Which totals: of these entries, split so.</summary>
/// <param name="FromEntries">True: summed from the entries themselves, whatever has been rolled up of them; to check that.</param>
public sealed record UsageQuestion(LedgerFilter Filter, UsageGroups Groups, bool FromEntries = false);
