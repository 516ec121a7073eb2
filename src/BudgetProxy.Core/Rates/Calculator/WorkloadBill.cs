using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>
/// Adds up what requests cost without rounding: each request is priced by itself (a long-context threshold looks at one request, never at the sum), its lines
/// are taken exactly as <see cref="Rate.Price"/> takes them before it rounds, times the requests that are alike. Only the finished line is rounded, so that a
/// million requests of a fraction of a nano-dollar lose none of it.
/// </summary>
internal sealed class WorkloadBill(Rate rate, ServiceTier tier, bool regional)
{
    private readonly Int128[] _parts = new Int128[2 * Rate.LineCount];
    private readonly long[] _quantities = new long[2 * Rate.LineCount];
    private readonly decimal[] _unitPrices = new decimal[2 * Rate.LineCount];

    public void Add(in Usage usage, long requests)
    {
        if (requests == 0)
            return;
        var isLong = rate.LongContext is { } tail && usage.TotalInput > tail.Threshold;
        var prices = rate.PricesFor(usage.TotalInput, tier);
        var billed = prices.Billed(usage);
        for (var kind = ChargeKind.Input; (int)kind < Rate.LineCount; kind++)
        {
            var quantity = rate.Quantity(kind, billed);
            if (quantity == 0)
                continue;
            var parts = rate.ExactLine(kind, billed, prices, regional);
            var line = SlotOf(kind, isLong);
            _parts[line] += parts * requests;
            _quantities[line] += quantity * requests;
            _unitPrices[line] = UsdPerUnit(kind, parts / quantity);
        }
    }

    /// <summary>The lines and their sum; null where that is beyond 64 bits of nano-dollars.</summary>
    public (IReadOnlyList<CostLine> Lines, NanoUsd Total)? Close()
    {
        var lines = new List<CostLine>();
        Int128 sum = 0;
        for (var line = 0; line < _parts.Length; line++)
        {
            if (_quantities[line] == 0)
                continue;
            if (!NanoUsd.TryFromRatio(_parts[line], Rate.PartsPerNano, Rounding.HalfEven, out var cost))
                return null;
            sum += cost.Value;
            lines.Add(new CostLine((ChargeKind)(line / 2), line % 2 == 1, _quantities[line], _unitPrices[line], cost));
        }

        return sum <= long.MaxValue ? (lines, new NanoUsd((long)sum)) : null;
    }

    private static int SlotOf(ChargeKind kind, bool isLong) => (2 * (int)kind) + (isLong ? 1 : 0);

    // The parts of one unit are whole: quantity is a factor of them.
    private static decimal UsdPerUnit(ChargeKind kind, Int128 parts)
    {
        var usd = (decimal)parts / Rate.PartsPerNano / NanoUsd.PerUsd;
        return kind < ChargeKind.ToolCall ? usd * 1_000_000 : usd;
    }
}
