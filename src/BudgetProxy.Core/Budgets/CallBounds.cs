using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;

namespace BudgetProxy.Core.Budgets;

/// <summary>What a call may come to, and what it will probably come to: from it each budget takes what its admission asks for.</summary>
/// <param name="Worst">The most in money.</param>
/// <param name="WorstTokens">The most in tokens, input and output.</param>
/// <param name="Expected">The learned expectation in money.</param>
/// <param name="ExpectedTokens">The same in tokens.</param>
/// <param name="MarkupBasisPoints">What the customer is charged on top of the cost: hundredths of a percent.</param>
public readonly record struct CallBounds(NanoUsd Worst, long WorstTokens, NanoUsd Expected, long ExpectedTokens, int MarkupBasisPoints)
{
    /// <summary>An expectation above the worst case is that.</summary>
    public static CallBounds Of(Quote quote, int markupBasisPoints) => new(
        quote.Worst, quote.WorstUsage.Total, quote.Expected < quote.Worst ? quote.Expected : quote.Worst, Math.Min(quote.ExpectedUsage.Total, quote.WorstUsage.Total),
        markupBasisPoints);

    /// <summary>A call of which only the worst case is known.</summary>
    public static CallBounds Strict(NanoUsd worst, long worstTokens, int markupBasisPoints) => new(worst, worstTokens, worst, worstTokens, markupBasisPoints);

    /// <summary>What must fit into a budget, and is held there: the expectation where it asks for that, else the worst case. Nano-dollars, tokens, or 1 call.</summary>
    public long AmountIn(Budget budget) => budget.Admission == Admission.Expected
        ? BudgetMatcher.AskedOf(budget.LimitKind, Expected, MarkupBasisPoints, ExpectedTokens)
        : BudgetMatcher.AskedOf(budget.LimitKind, Worst, MarkupBasisPoints, WorstTokens);
}
