namespace BudgetProxy.Core.Budgets;

/// <summary>One condition of a budget: the call's value of a dimension must match the pattern.</summary>
/// <param name="Tag">The tag's name where <paramref name="Dimension"/> is <see cref="BudgetDimension.Tag"/>.</param>
/// <param name="Pattern">Literal text; <c>*</c> stands for any run of characters.</param>
public sealed record BudgetMatch(BudgetDimension Dimension, string? Tag, string Pattern);
