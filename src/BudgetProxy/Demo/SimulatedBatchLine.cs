using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Demo;

/// <summary>A line that the simulated provider has run, as its books have it.</summary>
public sealed record SimulatedBatchLine(string Batch, string CustomId, string Model, int Status, Usage Billed);
