using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Rates.Import;

/// <summary>Which price of a row: of a tier, above the long-context threshold or not, of a class of tokens.</summary>
internal readonly record struct PriceKey(ServiceTier Tier, bool Long, ChargeKind Kind)
{
    /// <summary>As previews spell it: <c>standard.input</c>, <c>long.batch.cachedInput</c>.</summary>
    public override string ToString() => $"{(Long ? "long." : "")}{Tier.ToString().ToLowerInvariant()}.{char.ToLowerInvariant(Kind.ToString()[0])}{Kind.ToString()[1..]}";
}
