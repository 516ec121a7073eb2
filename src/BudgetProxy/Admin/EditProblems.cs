using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary>How a wish that changed nothing is answered.</summary>
internal static class EditProblems
{
    /// <param name="edited">Not <see cref="EditOutcome.Done"/>.</param>
    public static ProblemHttpResult ToProblem<T>(this Edited<T> edited)
        where T : class => edited.Outcome switch
        {
            EditOutcome.NoSuchTenant => Problems.NoSuchTenant(),
            EditOutcome.Changed => Problems.Changed(),
            EditOutcome.TooManyBudgets => Problems.Conflict(
                $"The tenant '{edited.Detail}' would have more than {DirectoryRules.MaxBudgetsPerTenant} budgets, its plan's included; delete those that are no longer needed."),
            EditOutcome.TooManyPlans => Problems.Conflict($"There are {DirectoryRules.MaxPlans} plans, and no more are held; delete one that is no longer needed."),
            EditOutcome.NoSuchPlan => NoSuchPlan(edited.Detail!),
            EditOutcome.PlanInUse => Problems.Conflict($"Tenants are on this plan, '{edited.Detail}' among them; put them on another plan, or on none, first."),
            EditOutcome.OfPlan => Problems.Conflict(
                $"This budget comes from the plan '{edited.Detail}': change it there, or put a budget of the same name at the tenant, which then holds instead."),
            EditOutcome.NoCredit => Problems.Conflict(
                $"The tenant '{edited.Detail}' is on a prepaid plan, and its own budget of the name of the plan's credit must be one too: {PlanDocument.CreditRule}."),
            EditOutcome.KeepsCredit => Problems.Conflict(
                "This budget keeps the tenant's prepaid credit, and its top-ups would go with it. Put it with the limit of the plan's instead, or take the tenant off the prepaid plan first."),
            EditOutcome.UsageWaits or EditOutcome.LosesCredit => Problems.Conflict(edited.Detail!),
            EditOutcome.KeyIsOver => Problems.Conflict("The key was revoked or has expired, and stays so; make a new one."),
            EditOutcome.Configured => Problems.Conflict("This key stands in the configuration (BudgetProxy__AdminKey); take it out there."),
            EditOutcome.LastAdmin => Problems.Conflict("This is the last key with the role admin; make another one first."),
            _ => Problems.NotFound(NothingThere<T>()),
        };

    private static string NothingThere<T>() => typeof(T) switch
    {
        var type when type == typeof(Tenant) => "There is no such tenant. Make it with PUT /admin/v1/tenants/{tenant}.",
        var type when type == typeof(Core.Budgets.Budget) => "The tenant has no such budget, or there is no such tenant.",
        var type when type == typeof(Plan) => "There is no such plan. Make it with PUT /admin/v1/plans/{plan}.",
        var type when type == typeof(AdminKey) => "There is no such admin key.",
        _ => "The tenant has no such key, or it was revoked before.",
    };

    private static ProblemHttpResult NoSuchPlan(string plan)
    {
        var errors = new FieldErrors();
        errors.Add("plan", $"There is no plan '{plan}'. Make it with PUT /admin/v1/plans/{{plan}}, or leave the field out.");
        return errors.ToProblem();
    }
}
