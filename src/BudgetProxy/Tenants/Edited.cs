namespace BudgetProxy.Tenants;

/// <summary>What became of a wish to change the directory.</summary>
/// <param name="Value">What was made, or stands now; null where nothing was.</param>
/// <param name="Detail">What stands in the way, by name; null = the outcome says it all.</param>
public sealed record Edited<T>(EditOutcome Outcome, T? Value, string? Detail = null)
    where T : class;
