using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Budgets;

/// <summary>
/// Finds the budgets that a call counts against. A call that lacks the value a budget is counted by counts under the empty value: leaving
/// out a user, a run or a tag never takes a call out of a budget.
/// </summary>
public static class BudgetMatcher
{
    /// <summary>Appends one hold for each matching budget, by its admission, enforced or shadow, in the order given.</summary>
    public static void Match(
        IReadOnlyList<Budget> budgets, Caller caller, Provider provider, string model, in CallBounds bounds, List<Hold> holds)
    {
        var providerName = provider.Name();
        for (var i = 0; i < budgets.Count; i++)
        {
            var budget = budgets[i];
            if (Matches(budget, caller, providerName, model))
                holds.Add(new Hold(budget, ScopeValue(budget, caller, providerName, model), bounds.AmountIn(budget)));
        }
    }

    /// <summary>True when all conditions of the budget hold for the call; a value the call lacks is compared as the empty text, and one that does not say how it pays is taken to pay before.</summary>
    public static bool Matches(Budget budget, Caller caller, string provider, string model)
    {
        if (budget.OnlyPrepaid && caller.Prepaid == false)
            return false;
        var conditions = budget.Match;
        for (var i = 0; i < conditions.Count; i++)
        {
            var condition = conditions[i];
            if (!Wildcard.IsMatch(condition.Pattern, ValueOf(condition.Dimension, condition.Tag, caller, provider, model)))
                return false;
        }

        return true;
    }

    /// <summary>Which of the budget's counters the call counts in: the value of its <c>per</c>, empty without one or where the call has none.</summary>
    public static string ScopeValue(Budget budget, Caller caller, string provider, string model) =>
        budget.Per is { } dimension ? ValueOf(dimension, budget.PerTag, caller, provider, model) : "";

    /// <summary>
    /// What a call of this cost asks of a budget of this kind: nano-dollars, tokens, or 1 call. A markup is rounded up, so that what lines of a batch ask one by one
    /// is never below what they are charged as a whole.
    /// </summary>
    public static long AskedOf(LimitKind kind, NanoUsd cost, int markupBasisPoints, long tokens) => kind switch
    {
        LimitKind.Charged => cost.WithMarkup(markupBasisPoints, Rounding.Up).Value,
        _ => SpentOf(kind, cost, NanoUsd.Zero, tokens),
    };

    /// <summary>What a settled call spends in a budget of this kind: nano-dollars, tokens, or 1 call.</summary>
    /// <param name="cost">What the provider takes.</param>
    /// <param name="charged">What the customer is charged.</param>
    public static long SpentOf(LimitKind kind, NanoUsd cost, NanoUsd charged, long tokens) => kind switch
    {
        LimitKind.Usd => cost.Value,
        LimitKind.Requests => 1,
        LimitKind.Tokens => tokens,
        LimitKind.Charged => charged.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a limit."),
    };

    private static string ValueOf(BudgetDimension dimension, string? tag, Caller caller, string provider, string model) => dimension switch
    {
        BudgetDimension.User => caller.User ?? "",
        BudgetDimension.Project => caller.Project ?? "",
        BudgetDimension.Key => caller.Key,
        BudgetDimension.Model => model,
        BudgetDimension.Run => caller.Run ?? "",
        BudgetDimension.Tag => TagValue(caller, tag),
        BudgetDimension.Provider => provider,
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "Not a dimension."),
    };

    private static string TagValue(Caller caller, string? name)
    {
        var tags = caller.Tags;
        for (var i = 0; i < tags.Count; i++)
        {
            if (string.Equals(tags[i].Key, name, StringComparison.Ordinal))
                return tags[i].Value;
        }

        return "";
    }
}
