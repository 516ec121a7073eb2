using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

public sealed record PlansModel(Part<ListOf<PlanView>> Plans, FormState? State);
