namespace BudgetProxy.Stripe;

/// <summary>Which rejects; null = any.</summary>
/// <param name="Meter">Stripe's id.</param>
/// <param name="Since">Told at this instant or later.</param>
/// <param name="After">Only those that were told before this one.</param>
/// <param name="Most">So many at most.</param>
public sealed record RejectQuery(string? Tenant, string? Meter, DateTimeOffset? Since, Guid? After, int Most)
{
    /// <summary>Only those of this bucket, by its id of now; null = any.</summary>
    public Guid? Bucket { get; init; }
}
