using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>What becomes of what a tenant is charged in a UTC month: the four amounts are all of it, to the nano-dollar.</summary>
/// <param name="Before">Settled before the export began, or a correction of that, and not paid before: never billed.</param>
/// <param name="Included">Free by the plan.</param>
/// <param name="Prepaid">Taken from what was paid before.</param>
/// <param name="Billable">The rest.</param>
/// <param name="Buckets">On its way to Stripe; null = the export is off and nothing was ever cut.</param>
public sealed record BilledMonth(NanoUsd Before, NanoUsd Included, NanoUsd Prepaid, NanoUsd Billable, BilledBuckets? Buckets)
{
    /// <summary>True: what is billed is not simply all that is charged.</summary>
    public bool IsReduced => Before != NanoUsd.Zero || Included != NanoUsd.Zero || Prepaid != NanoUsd.Zero;
}
