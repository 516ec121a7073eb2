namespace BudgetProxy.Core.Budgets;

public enum WindowKind
{
    Minute,
    Hour,
    Day,

    /// <summary>From Monday, as ISO 8601 counts.</summary>
    Week,
    Month,
    Quarter,
    Year,
    Lifetime,
    Rolling,
}
