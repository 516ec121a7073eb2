using BudgetProxy.Core.Budgets;
using BudgetProxy.Tenants;

namespace BudgetProxy.Admin;

/// <summary>A plan as the admin API shows and takes it.</summary>
/// <param name="Name">The plan's name, as it stands in the path and in a tenant's <c>plan</c>.</param>
/// <param name="Budgets">Each holds for every tenant on the plan that has none of its own by that name, with counters of that tenant's own.</param>
/// <param name="AllowedModels">Patterns with <c>*</c>, for tenants that have none of their own; empty = all.</param>
/// <param name="MaxCallUsd">Per-call ceiling of tenants that have none of their own; null = none.</param>
/// <param name="Included">What each tenant on it has free in each month of UTC: one of <c>usd</c> (as charged), <c>requests</c>, <c>tokens</c>; null = nothing.</param>
/// <param name="Billing"><c>metered</c> or <c>prepaid</c>.</param>
/// <param name="Tenants">How many tenants are on it.</param>
public sealed record PlanDocument(
    string Name, IReadOnlyList<BudgetDocument> Budgets, IReadOnlyList<string> AllowedModels, string? MaxCallUsd,
    IReadOnlyDictionary<string, BudgetAmount>? Included, string Billing, int Tenants)
{
    /// <summary>What a budget has to be so that credit can be kept in it.</summary>
    internal const string CreditRule = "a limit of chargedUsd, the window lifetime, the mode enforce, and neither per nor match";

    public static PlanDocument Of(Plan plan, int tenants) => new(
        plan.Id, [.. plan.Budgets.Select(BudgetDocument.OfDefinition)], plan.AllowedModels, plan.MaxCall?.ToBalance(),
        plan.Included is { } included
            ? new Dictionary<string, BudgetAmount>(StringComparer.Ordinal) { [included.Kind.Name()] = new(included.Kind, included.Amount) }
            : null,
        Names.Of(plan.Billing), tenants);

    internal static Plan Read(string id, FieldReader fields)
    {
        if (DirectoryRules.PlanIdProblem(id) is { } problem)
            fields.Fail("plan", problem);
        // What a GET shows can be put again.
        if (fields.Text("name") is { } name && name != id)
            fields.Fail("name", "Must be the name in the path; a plan can't be renamed.");
        fields.PassOver("tenants");
        var plan = new Plan
        {
            Id = id,
            Budgets = ReadBudgets(fields),
            AllowedModels = fields.TextList("allowedModels", DirectoryRules.MaxAllowedModels),
            MaxCall = fields.Money("maxCallUsd"),
            Included = ReadIncluded(fields),
            Billing = fields.OneOf<PlanBilling>("billing") ?? PlanBilling.Metered,
        };
        fields.RefuseUnknown();
        CheckCredit(plan, fields);
        return plan;
    }

    private static void CheckCredit(Plan plan, FieldReader fields)
    {
        if (plan.Billing != PlanBilling.Prepaid)
            return;
        if (plan.Budgets.Count(budget => budget.IsCredit) != 1)
        {
            fields.Fail(
                "billing",
                "prepaid needs exactly one budget of the plan that keeps the credit, such as {\"name\":\"credit\",\"limit\":{\"chargedUsd\":\"0\"},\"window\":\"lifetime\"}: "
                + CreditRule + ".");
        }

        if (plan.Included is not null)
            fields.Fail("included", "Says what is free before usage is billed, and on a prepaid plan nothing is billed afterwards; give credit with the limit of its budget.");
    }

    private static Included? ReadIncluded(FieldReader fields) =>
        fields.Object("included") is { } included
        && AmountReader.Read(fields, "included", included, LimitKind.Usd, LimitKind.Requests, LimitKind.Tokens) is { } amount
            ? new Included(amount.Kind, amount.Value)
            : null;

    private static List<Budget> ReadBudgets(FieldReader fields)
    {
        var budgets = new List<Budget>();
        foreach (var budget in fields.Objects("budgets", DirectoryRules.MaxBudgetsPerTenant) ?? [])
        {
            if (budget.Required("name") is not { } name)
                continue;
            if (budgets.Exists(other => string.Equals(other.Name, name, StringComparison.Ordinal)))
                budget.Fail("name", "Another budget of the plan has this name.");
            budgets.Add(BudgetReader.Read("", TimeZoneInfo.Utc, name, budget));
        }

        return budgets;
    }
}
