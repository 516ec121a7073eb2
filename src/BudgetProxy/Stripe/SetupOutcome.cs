namespace BudgetProxy.Stripe;

/// <summary>What became of one thing that a setup looked at.</summary>
public enum SetupOutcome
{
    /// <summary>It is there as it should be.</summary>
    Kept,

    /// <summary>It is missing, and would be made.</summary>
    Create,

    Created,

    /// <summary>It is there, and the tenant would be linked to it.</summary>
    Link,

    Linked,

    /// <summary>It is there, and is not as it must be; nothing was changed.</summary>
    Differs,

    /// <summary>Stripe refused, or the tenant could not be changed.</summary>
    Failed,
}
