namespace BudgetProxy.Stripe;

/// <summary>What Stripe threw away of the usage that it had taken: one meter event, or several of one code that it names no more of.</summary>
/// <param name="Event">Stripe's event that told it.</param>
/// <param name="At">When it was told.</param>
/// <param name="Meter">Stripe's id of the meter; null = no meter was found.</param>
/// <param name="From">When Stripe looked at them, inclusive; null = it did not say. About when they were sent.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Code">Stripe's, such as <c>meter_event_customer_not_found</c>; <see cref="ReportUnreadable"/> where the report itself could not be had.</param>
/// <param name="Count">How many; 1 where it is named, null = not known.</param>
/// <param name="Identifier">That of the meter event; null = Stripe did not name it: which ones they are, the sums must tell.</param>
/// <param name="Bucket">The bucket that was sent by this identifier, by its id of now; null = it is none of this proxy's.</param>
/// <param name="Tenant">Whose it is, as far as that is known.</param>
public sealed record StripeReject(
    Guid Id,
    string Event,
    DateTimeOffset At,
    string? Meter,
    DateTimeOffset? From,
    DateTimeOffset? To,
    string Code,
    string Message,
    long? Count,
    string? Identifier,
    Guid? Bucket,
    string? Tenant)
{
    /// <summary>A code of our own: Stripe told of errors, and what they are could not be read.</summary>
    public const string ReportUnreadable = "report_unreadable";
}
