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

    public static PlanRow Of(Plan plan) => new()
    {
        Id = plan.Id,
        AllowedModels = [.. plan.AllowedModels],
        MaxCall = plan.MaxCall?.Value,
        Budgets = DirectoryTexts.Json(plan.Budgets),
    };

    public Plan ToPlan() => new()
    {
        Id = Id,
        AllowedModels = AllowedModels,
        MaxCall = MaxCall is { } amount ? new NanoUsd(amount) : null,
        Budgets = DirectoryTexts.PlanBudgets(Budgets),
    };
}
