using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <param name="Buckets">A page of them.</param>
/// <param name="Rejects">What Stripe took and threw away, the newest; null = it throws nothing away, or does not tell.</param>
/// <param name="Bucket">The state that the buckets are of; null = any.</param>
/// <param name="Tenant">Whose the buckets are; null = anybody's.</param>
/// <param name="After">Where the page of buckets begins; null = at the first.</param>
/// <param name="Problem">Why a run, or another try, was refused.</param>
public sealed record StripeModel(
    Part<StripeStateView> State, Part<ListOf<BucketView>> Buckets, ListOf<RejectView>? Rejects, string? Bucket, string? Tenant, string? After, Problem? Problem);
