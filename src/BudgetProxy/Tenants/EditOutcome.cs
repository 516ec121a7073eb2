namespace BudgetProxy.Tenants;

/// <summary>What became of a wish to change the directory. Nothing changed except where it is <see cref="Done"/>.</summary>
public enum EditOutcome
{
    Done,

    NoSuchTenant,

    /// <summary>There is no such budget, key, plan or admin key.</summary>
    NotFound,

    /// <summary>It is not what the caller's <see cref="Precondition"/> says.</summary>
    Changed,

    /// <summary>A tenant would have more than <see cref="DirectoryRules.MaxBudgetsPerTenant"/> budgets, its plan's included.</summary>
    TooManyBudgets,

    /// <summary>There are <see cref="DirectoryRules.MaxPlans"/> plans already.</summary>
    TooManyPlans,

    NoSuchPlan,

    /// <summary>Tenants are on the plan.</summary>
    PlanInUse,

    /// <summary>The budget is only the tenant's plan's.</summary>
    OfPlan,

    /// <summary>A tenant on a prepaid plan would have no credit, since its own budget of the name of the plan's is of another kind.</summary>
    NoCredit,

    /// <summary>The budget keeps prepaid credit, and its top-ups would go with it.</summary>
    KeepsCredit,

    /// <summary>Usage of a deleted tenant of this id waits to be billed, and would go to another customer. What stands in the way is the whole reason.</summary>
    UsageWaits,

    /// <summary>A tenant would leave a prepaid balance behind, or one below zero.</summary>
    LosesCredit,

    /// <summary>More would be paid back of prepaid credit than is left.</summary>
    TooLittleCredit,

    /// <summary>The key was revoked or has expired.</summary>
    KeyIsOver,

    /// <summary>The admin key stands in the configuration; only there can it be taken out.</summary>
    Configured,

    /// <summary>It is the last one with the role admin: without it nobody could make another.</summary>
    LastAdmin,
}
