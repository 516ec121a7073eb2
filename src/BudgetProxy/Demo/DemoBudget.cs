namespace BudgetProxy.Demo;

/// <summary>What the demo reads of a budget, in USD.</summary>
internal sealed record DemoBudget(decimal Spent, decimal Held, decimal Left);
