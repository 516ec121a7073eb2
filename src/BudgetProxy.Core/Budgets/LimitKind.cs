namespace BudgetProxy.Core.Budgets;

/// <summary>What a budget limits.</summary>
public enum LimitKind
{
    /// <summary>Nano-dollars of what the provider takes.</summary>
    Usd,

    /// <summary>Calls.</summary>
    Requests,

    /// <summary>Input and output tokens together.</summary>
    Tokens,

    /// <summary>Nano-dollars of what the customer is charged: the cost with the tenant's markup on it.</summary>
    Charged,
}
