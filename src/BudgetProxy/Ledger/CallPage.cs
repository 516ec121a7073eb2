namespace BudgetProxy.Ledger;

/// <summary>A page of the newest entries.</summary>
/// <param name="Next">Where the next page begins, to be given back as it is; null = this was the last. A page can be short, or empty, and not the last: one
/// request looks at a bounded number of entries.</param>
public sealed record CallPage(IReadOnlyList<LedgerEntry> Entries, string? Next);
