using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Statements;

/// <summary>What some of a month's entries come to, corrections included.</summary>
/// <param name="Calls">First entries.</param>
/// <param name="Corrections">Entries that correct another.</param>
/// <param name="Usage">Tokens by bucket; a correction's can be negative.</param>
/// <param name="Cost">What the providers take.</param>
/// <param name="Charged">With markup: what the customer owes.</param>
public sealed record StatementSums(long Calls, long Corrections, Usage Usage, NanoUsd Cost, NanoUsd Charged)
{
    public static readonly StatementSums None = new(0, 0, default, NanoUsd.Zero, NanoUsd.Zero);

    /// <summary>What is charged above the cost; negative where less is charged.</summary>
    public NanoUsd Markup => NanoUsd.Less(Charged, Cost);

    /// <summary>Both together, money cut likewise.</summary>
    public static StatementSums Add(StatementSums one, StatementSums other) => new(
        one.Calls + other.Calls, one.Corrections + other.Corrections, one.Usage + other.Usage, Plus(one.Cost, other.Cost), Plus(one.Charged, other.Charged));

    private static NanoUsd Plus(NanoUsd amount, NanoUsd more) => NanoUsd.Cut((Int128)amount.Value + more.Value);
}
