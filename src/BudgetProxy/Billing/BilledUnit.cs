namespace BudgetProxy.Billing;

/// <summary>What a meter counts.</summary>
public enum BilledUnit
{
    /// <summary>Micro-dollars of what the customer is charged, markup in it.</summary>
    Charged,

    /// <summary>Micro-dollars of what the provider takes: the price at Stripe has the markup.</summary>
    Cost,

    /// <summary>Tokens, input of all kinds and output.</summary>
    Tokens,

    /// <summary>Calls.</summary>
    Requests,
}
