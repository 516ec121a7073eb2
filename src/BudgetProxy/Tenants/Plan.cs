using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Tenants;

/// <summary>Limits that many tenants share. A tenant on it has its budgets too, except those of which it has its own by that name. Immutable.</summary>
public sealed record Plan
{
    /// <summary>As a tenant's id is: 1 to 64 of <c>a-z 0-9 - _ .</c>, starting with a letter or digit.</summary>
    public required string Id { get; init; }

    /// <summary>Its budgets in the order in which they were given. Their tenant is empty, and where they set no zone, each tenant's own holds.</summary>
    public IReadOnlyList<Budget> Budgets { get; init; } = [];

    /// <summary>Model patterns with <c>*</c>, for tenants that have none of their own; empty = all.</summary>
    public IReadOnlyList<string> AllowedModels { get; init; } = [];

    /// <summary>The per-call ceiling of tenants that have none of their own; null = none.</summary>
    public NanoUsd? MaxCall { get; init; }

    /// <summary>What each month gives free; null = nothing.</summary>
    public Included? Included { get; init; }

    public PlanBilling Billing { get; init; }

    /// <summary>The budget that keeps the credit of each tenant on it; null = nothing is paid before.</summary>
    public Budget? Credit => Billing == PlanBilling.Prepaid ? Budgets.FirstOrDefault(budget => budget.IsCredit) : null;
}
