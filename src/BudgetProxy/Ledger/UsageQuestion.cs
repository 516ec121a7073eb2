namespace BudgetProxy.Ledger;

/// <summary>Which totals: of these entries, split so.</summary>
public sealed record UsageQuestion(LedgerFilter Filter, UsageGroups Groups);
