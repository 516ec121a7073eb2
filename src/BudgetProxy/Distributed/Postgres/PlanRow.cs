using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Storage;
using BudgetProxy.Tenants;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>A row of <c>plans</c>.</summary>
internal sealed class PlanRow
{
    public required string Id { get; set; }

    public string[] AllowedModels { get; set; } = [];

    public long? MaxCall { get; set; }

    /// <summary>JSON.</summary>
    public required string Budgets { get; set; }

    /// <summary>Null = nothing is included.</summary>
    public string? IncludedKind { get; set; }

    public long? IncludedAmount { get; set; }

    public required string Billing { get; set; }

    public static PlanRow Of(Plan plan) => new()
    {
        Id = plan.Id,
        AllowedModels = [.. plan.AllowedModels],
        MaxCall = plan.MaxCall?.Value,
        Budgets = DirectoryTexts.Json(plan.Budgets),
        IncludedKind = plan.Included is { } included ? DirectoryTexts.Name(included.Kind) : null,
        IncludedAmount = plan.Included?.Amount,
        Billing = DirectoryTexts.Name(plan.Billing),
    };

    public Plan ToPlan() => new()
    {
        Id = Id,
        AllowedModels = AllowedModels,
        MaxCall = MaxCall is { } amount ? new NanoUsd(amount) : null,
        Budgets = DirectoryTexts.PlanBudgets(Budgets),
        Included = IncludedKind is null ? null : new Included(DirectoryTexts.Value<LimitKind>(IncludedKind), IncludedAmount ?? 0),
        Billing = DirectoryTexts.Value<PlanBilling>(Billing),
    };
}
