using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;

namespace BudgetProxy.Core.Budgets;

/// <summary>What a call may come to, and what it will probably come to: from it each budget takes what its admission asks for.</summary>
/// <param name="Worst">The most in money.</param>
/// <param name="WorstTokens">The most in tokens, input and output.</param>
/// <param name="Expected">The learned expectation in money.</param>
/// <param name="ExpectedTokens">The same in tokens.</param>
public readonly record struct CallBounds(NanoUsd Worst, long WorstTokens, NanoUsd Expected, long ExpectedTokens)
{
    /// <summary>An expectation above the worst case is that.</summary>
    public static CallBounds Of(Quote quote) => new(
        quote.Worst, quote.WorstUsage.Total, quote.Expected < quote.Worst ? quote.Expected : quote.Worst, Math.Min(quote.ExpectedUsage.Total, quote.WorstUsage.Total));

    /// <summary>A call of which only the worst case is known.</summary>
    public static CallBounds Strict(NanoUsd worst, long worstTokens) => new(worst, worstTokens, worst, worstTokens);

    /// <summary>What must fit into a budget, and is held there: the expectation where it asks for that, else the worst case. Nano-dollars, tokens, or 1 call.</summary>
    public long AmountIn(Budget budget) => budget.Admission == Admission.Expected
        ? BudgetMatcher.AmountOf(budget.LimitKind, Expected.Value, ExpectedTokens)
        : BudgetMatcher.AmountOf(budget.LimitKind, Worst.Value, WorstTokens);
}
