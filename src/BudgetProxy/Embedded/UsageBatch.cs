using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>Entries that follow the sums, added up beside the writer.</summary>
/// <param name="Older">They are in the other sums and follow the hours of tenants alone.</param>
/// <param name="After">The sequence that they follow.</param>
/// <param name="UpTo">That of the last of them.</param>
/// <param name="Entries">How many they are.</param>
/// <param name="Left">About how many follow them.</param>
internal sealed record UsageBatch(bool Older, long After, long UpTo, UsageRows Rows, int Entries, long Left);
