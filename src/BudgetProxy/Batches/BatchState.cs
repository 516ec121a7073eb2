namespace BudgetProxy.Batches;

/// <summary>How far a batch has come. Each step is one write that only one proxy can make.</summary>
public enum BatchState
{
    /// <summary>Written down, perhaps reserved; nothing was sent. Left like this by a proxy that died, it is void.</summary>
    Preparing,

    /// <summary>Reserved, and sent or about to be; whether the provider has taken it is not known.</summary>
    Sending,

    /// <summary>The provider has it and has named its id.</summary>
    Open,

    /// <summary>It came to nothing: its reservation is to be voided and the batch to be forgotten.</summary>
    Dropping,

    /// <summary>All its lines are booked or released.</summary>
    Settled,
}
