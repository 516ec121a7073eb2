namespace BudgetProxy.Dashboard.Answers;

/// <summary>Who made a change.</summary>
public sealed record ActorView(string Id, string? Name);
