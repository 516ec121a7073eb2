namespace BudgetProxy.Core.Budgets;

public enum BudgetMode
{
    Enforce,

    /// <summary>Decide and record, but do not refuse.</summary>
    Shadow,
}
