using System.Globalization;
using System.Text.Json;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>One line of a workload's bill as JSON.</summary>
/// <param name="Charge"><see cref="ChargeKind"/> in camel case: <c>cachedInput</c>.</param>
/// <param name="LongContext">True where the prices above the long-context threshold hold.</param>
/// <param name="Quantity">Tokens, calls or requests of the whole workload.</param>
/// <param name="Unit">What <paramref name="UsdPerUnit"/> buys: <c>million tokens</c>, <c>call</c> or <c>request</c>.</param>
public sealed record CostLineDocument(string Charge, bool LongContext, long Quantity, string Unit, string UsdPerUnit, string Usd)
{
    public static CostLineDocument Of(CostLine line) => new(
        JsonNamingPolicy.CamelCase.ConvertName(line.Kind.ToString()), line.LongContext, line.Quantity,
        line.IsTokens ? "million tokens" : line.Kind == ChargeKind.Request ? "request" : "call",
        line.UsdPerUnit.ToString("0.00################", CultureInfo.InvariantCulture), line.Cost.ToString());
}
