namespace BudgetProxy.Core.Budgets;

/// <summary>What a budget limits.</summary>
public enum LimitKind
{
    /// <summary>Nano-dollars.</summary>
    Usd,

    /// <summary>Calls.</summary>
    Requests,

    /// <summary>Input and output tokens together.</summary>
    Tokens,
}
