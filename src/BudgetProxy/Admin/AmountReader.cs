using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Admin;

/// <summary>Reads an object that holds exactly one amount, by the name of what it is an amount of: <c>{"usd":"5.00"}</c>, <c>{"requests":100}</c>.</summary>
internal static class AmountReader
{
    /// <returns>Null = it is none, and the reader has the error.</returns>
    /// <param name="name">Of the field that the object is; it is named where there is not exactly one.</param>
    /// <param name="amount">The object.</param>
    /// <param name="kinds">What it may be an amount of.</param>
    public static BudgetAmount? Read(FieldReader fields, string name, FieldReader amount, params ReadOnlySpan<LimitKind> kinds)
    {
        var read = new List<BudgetAmount>();
        foreach (var kind in kinds)
        {
            var field = kind.Name();
            if ((kind.IsMoney() ? amount.Money(field)?.Value : amount.Count(field)) is { } value)
                read.Add(new BudgetAmount(kind, value));
        }

        amount.RefuseUnknown();
        var given = amount.FieldNames.Count(amount.Has);
        if (given != 1)
            fields.Fail(name, $"Must have exactly one of {string.Join(", ", amount.Known)}.");
        return given == 1 && read is [var one] ? one : null;
    }
}
