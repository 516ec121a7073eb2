using BudgetProxy.Stripe;

namespace BudgetProxy.Admin;

/// <summary>Usage that Stripe took and threw away.</summary>
/// <param name="Meter">Stripe's id; null = no meter was found.</param>
/// <param name="From">When Stripe looked at it, inclusive: about when it was sent.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Count">How many meter events: 1 where it is named, null = not known.</param>
/// <param name="Identifier">Null = Stripe did not name it, as it names some only; the reconciliation tells which they are.</param>
/// <param name="Bucket">The bucket that was sent by it, by its id of now: it is dead until it is tried again.</param>
public sealed record RejectDocument(
    string Id,
    DateTimeOffset At,
    string Event,
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
    private const string Prefix = "rej_";

    internal static RejectDocument Of(StripeReject reject) => new(
        IdOf(reject), reject.At, reject.Event, reject.Meter, reject.From, reject.To, reject.Code, reject.Message, reject.Count, reject.Identifier, reject.Bucket, reject.Tenant);

    internal static string IdOf(StripeReject reject) => Prefix + reject.Id.ToString("N");

    internal static bool TryParseId(string text, out Guid id)
    {
        id = default;
        return text.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParseExact(text.AsSpan(Prefix.Length), "N", out id);
    }
}
