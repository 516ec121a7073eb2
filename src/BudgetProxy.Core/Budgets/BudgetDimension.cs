namespace BudgetProxy.Core.Budgets;

/// <summary>What a budget can be counted by (<c>per</c>) or narrowed to (<c>match</c>).</summary>
public enum BudgetDimension
{
    User,
    Project,
    Key,
    Model,
    Run,
    Tag,

    /// <summary>Only in <c>match</c>.</summary>
    Provider,
}
