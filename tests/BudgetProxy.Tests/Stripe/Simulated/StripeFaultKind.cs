namespace BudgetProxy.Tests.Stripe.Simulated;

internal enum StripeFaultKind
{
    /// <summary>The connection is reset before anything happens.</summary>
    DropBefore,

    /// <summary>Carried out, and the connection is reset instead of an answer.</summary>
    DropReply,

    /// <summary>Waits, then carries it out whether or not somebody still listens.</summary>
    SlowBefore,

    /// <summary>Carried out, and answered late.</summary>
    SlowReply,

    /// <summary>409; nothing happened, nothing is stored.</summary>
    Conflict,

    /// <summary>429 of a limiter, with its reason; nothing is stored.</summary>
    RateLimited,

    /// <summary>429 of a lock, without a reason; nothing is stored.</summary>
    LockTimeout,

    /// <summary>500 after it began and before it was committed; stored, and replayed.</summary>
    ErrorBefore,

    /// <summary>500 after it was committed; stored, and replayed.</summary>
    ErrorAfter,

    /// <summary>503 before anything; not stored.</summary>
    Unavailable,

    /// <summary>Carried out, and 200 with a body that ends in the middle.</summary>
    CutJson,

    /// <summary>200, and found wrong afterwards.</summary>
    RejectLater,
}
