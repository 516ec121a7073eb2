using BudgetProxy.Admin;

namespace BudgetProxy.Billing;

/// <summary>A bucket: what one meter event carries, and how far it is.</summary>
/// <param name="Identifier">What Stripe knows it by.</param>
/// <param name="Hour">First instant of the UTC hour in which its usage was settled.</param>
/// <param name="Number">Among those of its tenant, meter and hour.</param>
/// <param name="AmountUsd">What it bills, to the nano-dollar; 0 for a meter of units.</param>
/// <param name="Value">What the event carries: micro-dollars, or units.</param>
/// <param name="Customer">The Stripe customer that it was sent for.</param>
/// <param name="State">pending, sending, sent, verified, unknown, parked, dead or written-off.</param>
/// <param name="Stamp">The event's timestamp.</param>
/// <param name="Cause">What a parked one waits for: customer, meter, refused or drift; rejected = Stripe took it and threw it away.</param>
/// <param name="ToDo">What to do about it; null = nothing.</param>
public sealed record BucketDocument(
    Guid Id, string Identifier, string Tenant, string Meter, string Hour, int Number, string AmountUsd, long Value, string? Customer, string State, string? Stamp,
    string CutAt, string? FirstAttemptAt, int Attempts, string? NextAt, string? SentAt, string? Error, string? Cause, string? ToDo)
{
    internal static BucketDocument Of(Bucket bucket) => new(
        bucket.Id, bucket.Identifier, bucket.Tenant, bucket.Meter, Names.Of(bucket.Hour), bucket.Number, bucket.Amount.ToString(), bucket.Value, bucket.Customer,
        BillingNames.Of(bucket.State), Text(bucket.Stamp), Names.Of(bucket.CutAt), Text(bucket.FirstAttemptAt), bucket.Attempts, Text(bucket.NextAt), Text(bucket.SentAt),
        bucket.Error, BillingNames.Of(bucket.Cause), ExportTexts.ToDo(bucket.State, bucket.Cause));

    private static string? Text(DateTimeOffset? at) => at is { } one ? Names.Of(one) : null;
}
