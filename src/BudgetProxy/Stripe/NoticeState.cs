namespace BudgetProxy.Stripe;

/// <summary>How far an event of Stripe is.</summary>
public enum NoticeState
{
    /// <summary>What it is about has still to be asked for.</summary>
    Pending,

    /// <summary>What it tells is kept.</summary>
    Done,

    /// <summary>It can't be read, and is given up.</summary>
    Failed,
}
