using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>A tenant's budgets, as its page shows them and fetches them again.</summary>
public sealed record BudgetsModel(string Tenant, Part<ListOf<BudgetView>> Budgets);
