namespace BudgetProxy.Alerts;

/// <summary>What became of telling somebody.</summary>
public enum DeliveryState
{
    /// <summary>Not yet, or tried and to be tried again.</summary>
    Pending,

    /// <summary>It was taken.</summary>
    Delivered,

    /// <summary>All attempts are used up, or the receiver wants no more.</summary>
    Failed,

    /// <summary>The receiver is gone.</summary>
    Dropped,
}
