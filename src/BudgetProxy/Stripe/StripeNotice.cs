namespace BudgetProxy.Stripe;

/// <summary>An event of Stripe that came by webhook. Such an event is thin: what it is about must be asked for.</summary>
/// <param name="EventId">Stripe's; it comes at least once, and is kept once.</param>
/// <param name="Meter">Stripe's id of the meter; null = it names none.</param>
/// <param name="NextAt">Not to be worked off before.</param>
public sealed record StripeNotice(string EventId, string Type, string? Meter, DateTimeOffset ReceivedAt, DateTimeOffset NextAt)
{
    public NoticeState State { get; init; }

    public int Attempts { get; init; }

    /// <summary>What the last attempt met; null = nothing.</summary>
    public string? Error { get; init; }
}
