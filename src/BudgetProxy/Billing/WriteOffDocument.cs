using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>What was given up of a tenant.</summary>
/// <param name="Usd">To the nano-dollar.</param>
public sealed record WriteOffDocument(string Tenant, string Reason, long Buckets, string Usd)
{
    internal static WriteOffDocument Of(string tenant, string reason, IReadOnlyList<OpenSum> given) => new(
        tenant, reason, given.Sum(sum => sum.Buckets), NanoUsd.Sum(given.Select(sum => sum.Amount)).ToString());
}
