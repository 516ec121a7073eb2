using BudgetProxy.Billing;

namespace BudgetProxy.Statements;

/// <summary>The month's buckets, by the hours of settlement.</summary>
/// <param name="Of">What is sent: <c>charged</c>, or <c>cost</c> where the price at Stripe has the markup.</param>
/// <param name="BucketedUsd">In buckets, to the nano-dollar: bucketed + notCut = what is billable of it.</param>
/// <param name="SentMicroUsd">Micro-dollars that Stripe has.</param>
/// <param name="WaitingMicroUsd">Micro-dollars of buckets that it has not.</param>
/// <param name="WrittenOffMicroUsd">Micro-dollars that were given up.</param>
/// <param name="NotCutUsd">In no bucket yet.</param>
/// <param name="RoundingUsd">bucketed − sent − waiting − writtenOff: it is in a bucket of later, or of before in these.</param>
public sealed record StatementStripeDocument(
    string Of, string BucketedUsd, long SentMicroUsd, long WaitingMicroUsd, long WrittenOffMicroUsd, string NotCutUsd, string RoundingUsd)
{
    public static StatementStripeDocument From(BilledBuckets buckets) => new(
        buckets.IsCost ? "cost" : "charged", buckets.Amount.ToString(), buckets.Sent, buckets.Waiting, buckets.WrittenOff, buckets.NotCut.ToString(), buckets.Rounding.ToString());
}
