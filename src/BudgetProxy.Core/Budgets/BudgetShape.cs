using System.Text;

namespace BudgetProxy.Core.Budgets;

/// <summary>Writes <see cref="Budget.Shape"/>: limit kind, window, zone, <c>per</c> and the conditions in one fixed order, whether it is for prepaid calls alone, and the resets.</summary>
internal static class BudgetShape
{
    public static string Of(Budget budget)
    {
        var conditions = new List<string>(budget.Match.Count);
        foreach (var condition in budget.Match)
            conditions.Add($"{Dimension(condition.Dimension, condition.Tag)}={Uri.EscapeDataString(condition.Pattern)}");
        conditions.Sort(StringComparer.Ordinal);

        var shape = new StringBuilder()
            .Append(budget.LimitKind).Append(' ')
            .Append(budget.Window).Append(' ')
            .Append(budget.Window.TimeZone.Id).Append(" per=")
            .Append(budget.Per is { } per ? Dimension(per, budget.PerTag) : "");
        foreach (var condition in conditions)
            shape.Append(' ').Append(condition);
        if (budget.OnlyPrepaid)
            shape.Append(" prepaid");
        return shape.Append(budget.Acts.Shape).ToString();
    }

    private static string Dimension(BudgetDimension dimension, string? tag) =>
        dimension == BudgetDimension.Tag ? "Tag:" + Uri.EscapeDataString(tag ?? "") : dimension.ToString();
}
