namespace BudgetProxy.Stripe;

/// <summary>What a meter beside the one of money counts.</summary>
public enum MeterUnit
{
    Tokens,
    Requests,
}
