namespace BudgetProxy.Dashboard.Answers;

/// <summary>A model's share of a day.</summary>
public sealed record DayModelView(DateOnly Day, string Model, long Requests, decimal CostUsd);
