namespace BudgetProxy.Dashboard.Answers;

/// <summary>A plan: budgets that every tenant on it has.</summary>
public sealed record PlanView(string Name, IReadOnlyList<BudgetView>? Budgets, IReadOnlyList<string>? AllowedModels, decimal? MaxCallUsd, int Tenants);
