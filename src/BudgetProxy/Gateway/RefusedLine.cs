namespace BudgetProxy.Gateway;

/// <summary>A line of a batch that can't be taken.</summary>
/// <param name="Number">From 1.</param>
/// <param name="CustomId">The client's own id of it; null = it could not be read, or is not kept.</param>
public sealed record RefusedLine(int Number, string? CustomId, string Reason);
