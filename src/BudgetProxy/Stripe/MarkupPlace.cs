namespace BudgetProxy.Stripe;

/// <summary>Where the markup is put on.</summary>
public enum MarkupPlace
{
    /// <summary>Events carry what the customer is charged.</summary>
    Value,

    /// <summary>Events carry what the provider takes; the price at Stripe has the markup.</summary>
    Price,
}
