namespace BudgetProxy.Stripe;

/// <summary>What Stripe answered, or that it did not.</summary>
/// <param name="Status">The HTTP status; 0 = there was no answer.</param>
/// <param name="Message">Stripe's own words, or what failed below it; one line, at most 300 characters. Null where it is done.</param>
/// <param name="Code">Stripe's code of the error; many have none.</param>
/// <param name="RetryAfter">How long Stripe asks to wait.</param>
/// <param name="Replayed">True: this is the stored answer to an earlier request of the same idempotency key.</param>
/// <param name="Date">Stripe's clock when it answered, in whole seconds.</param>
/// <param name="ShouldRetry">What Stripe says of a repeat of the same key; null = nothing.</param>
/// <param name="RequestId"><c>req_…</c>, which Stripe's support asks for.</param>
public sealed record StripeReply(
    StripeOutcome Outcome,
    int Status,
    string? Message,
    string? Code,
    TimeSpan? RetryAfter,
    bool Replayed,
    DateTimeOffset? Date,
    bool? ShouldRetry = null,
    string? RequestId = null)
{
    public bool IsDone => Outcome == StripeOutcome.Done;
}
