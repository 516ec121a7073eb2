using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>
/// An immutable slice of what a tenant used in one UTC hour on one meter: what one meter event carries. Tenant, meter, hour, number, amount and value never
/// change, nor does the identifier that is made of the id, unless Stripe has not what it took by it; the rest tells how far it is on its way.
/// </summary>
public sealed record Bucket
{
    public required Guid Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>The meter's event name.</summary>
    public required string Meter { get; init; }

    /// <summary>First instant of the UTC hour in which its usage was settled.</summary>
    public required DateTimeOffset Hour { get; init; }

    /// <summary>0, 1, 2 … among those of its tenant, meter and hour.</summary>
    public required int Number { get; init; }

    /// <summary>What it bills, to the nano-dollar; zero for a meter of units. Negative for a correction.</summary>
    public required NanoUsd Amount { get; init; }

    /// <summary>What the event carries: micro-dollars, or units.</summary>
    public required long Value { get; init; }

    /// <summary>The Stripe customer that it was sent for; null = it never was.</summary>
    public string? Customer { get; init; }

    public required BucketState State { get; init; }

    /// <summary>The event's timestamp, whole seconds; null = not decided yet.</summary>
    public DateTimeOffset? Stamp { get; init; }

    public required DateTimeOffset CutAt { get; init; }

    /// <summary>The first attempt that may have arrived; what Stripe remembers of identifiers is counted from it.</summary>
    public DateTimeOffset? FirstAttemptAt { get; init; }

    public DateTimeOffset? LastAttemptAt { get; init; }

    public int Attempts { get; init; }

    /// <summary>Part of the idempotency key: a new one after an answer that Stripe would only repeat.</summary>
    public int Generation { get; init; } = 1;

    /// <summary>Not to be tried before; null = at once.</summary>
    public DateTimeOffset? NextAt { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    /// <summary>What the last attempt met; null = nothing.</summary>
    public string? Error { get; init; }

    /// <summary>The first look at Stripe's sums that did not find it; null = none, or a later one did.</summary>
    public DateTimeOffset? MissingAt { get; init; }

    /// <summary>What it waits for while it is parked.</summary>
    public ParkCause? Cause { get; init; }

    /// <summary>How often its row was written: a write that goes by an older one changes nothing.</summary>
    public long Revision { get; init; }

    /// <summary>What Stripe knows it by; the same for good.</summary>
    public string Identifier => $"bp1:{Id:N}";

    /// <summary>What repeats of one request go by.</summary>
    public string IdempotencyKey => $"bp1:{Id:N}:{Generation}";

    /// <summary>False = nothing more will be done by itself.</summary>
    public bool IsOpen => State is BucketState.Pending or BucketState.Sending or BucketState.Unknown or BucketState.Parked;

    /// <summary>Finds the id in an <see cref="Identifier"/>.</summary>
    public static bool TryParseIdentifier(string? text, out Guid id)
    {
        id = default;
        return text is { Length: 36 } && text.StartsWith("bp1:", StringComparison.Ordinal) && Guid.TryParseExact(text.AsSpan(4), "N", out id);
    }
}
