namespace BudgetProxy.Demo;

/// <summary>Both sides' books at the end: what the provider saw and bills, and what the ledger has.</summary>
internal sealed record DemoBooks(
    int Calls, long BilledInput, long BilledOutput, int Entries, long LedgerInput, long LedgerOutput, decimal LedgerCost, DemoBudget Budget);
