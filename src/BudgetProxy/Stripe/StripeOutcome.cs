namespace BudgetProxy.Stripe;

/// <summary>What became of a request, as far as an exporter must tell it apart.</summary>
public enum StripeOutcome
{
    /// <summary>Stripe has it, and its answer names it.</summary>
    Done,

    /// <summary>Stripe had an event of this identifier already.</summary>
    Duplicate,

    /// <summary>409, 429, or no connection (status 0): nothing happened, try again with the same key.</summary>
    Busy,

    /// <summary>Time-out, reset, 5xx, or a 200 that can't be read: it may have happened. The same key and identifier again.</summary>
    Unknown,

    /// <summary>The value is none that Stripe takes.</summary>
    BadValue,

    /// <summary>No active meter has this event name.</summary>
    NoMeter,

    /// <summary>There is no such customer.</summary>
    NoCustomer,

    /// <summary>The timestamp is too old, or ahead.</summary>
    BadTimestamp,

    /// <summary>The idempotency key was used for something else.</summary>
    KeyReused,

    /// <summary>401 or 403: the key is wrong, or may not do that.</summary>
    Unauthorised,

    /// <summary>Any other 4xx.</summary>
    Refused,
}
