using BudgetProxy.Core.Learning;

namespace BudgetProxy.Learning;

/// <summary>What a store holds of one key.</summary>
/// <param name="Version">Higher with each change of any row.</param>
public sealed record LearnedRow(LearnedKey Key, LearnedPart Part, long Version);
