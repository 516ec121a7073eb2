namespace BudgetProxy.Billing;

/// <summary>What Stripe's sums say of one bucket.</summary>
internal enum Presence
{
    /// <summary>Stripe did not tell its sum.</summary>
    NotTold,

    /// <summary>The sum is only to be explained with it.</summary>
    There,

    /// <summary>The sum is only to be explained without it.</summary>
    Missing,

    /// <summary>The sum is to be explained either way, or in none.</summary>
    Unclear,
}
