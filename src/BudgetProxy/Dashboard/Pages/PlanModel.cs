using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <param name="Budget">The budget of the plan that the form is about; null = a new one.</param>
public sealed record PlanModel(PlanView Plan, string Version, BudgetView? Budget, FormState? State);
