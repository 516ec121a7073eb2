namespace BudgetProxy.Ledger;

/// <summary>What one step of rolling up came to.</summary>
/// <param name="Entries">Entries that were added to the sums.</param>
/// <param name="Left">About how many are left; 0 = none.</param>
public readonly record struct RollUpStep(int Entries, long Left);
