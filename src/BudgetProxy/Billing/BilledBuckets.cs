using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>What was cut of a tenant's month for Stripe's meter of money, by the hours of settlement, and how far it is.</summary>
/// <param name="IsCost">True: amounts are what providers take, since the price at Stripe has the markup; false = what is charged.</param>
/// <param name="Amount">Of all its buckets, to the nano-dollar.</param>
/// <param name="Sent">Micro-dollars of those that Stripe has.</param>
/// <param name="Waiting">Micro-dollars of those that it has not.</param>
/// <param name="WrittenOff">Micro-dollars of those that were given up.</param>
/// <param name="NotCut">What is billable and in no bucket yet.</param>
public sealed record BilledBuckets(bool IsCost, NanoUsd Amount, long Sent, long Waiting, long WrittenOff, NanoUsd NotCut)
{
    /// <summary>What the micro-dollars of the buckets are below their nano-dollars: it is in a later bucket, or of an earlier one in these.</summary>
    public NanoUsd Rounding => new(checked(Amount.Value - ((Sent + Waiting + WrittenOff) * 1_000)));
}
