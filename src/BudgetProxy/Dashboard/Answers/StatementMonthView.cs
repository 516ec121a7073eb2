using System.Globalization;

namespace BudgetProxy.Dashboard.Answers;

/// <summary>A month in which a tenant used something.</summary>
/// <param name="Month">Such as <c>2026-11</c>.</param>
public sealed record StatementMonthView(string Month, bool SoFar, decimal Calls, decimal Tokens, decimal CostUsd, decimal ChargedUsd)
{
    /// <summary>Such as <c>November 2026</c>.</summary>
    public string Title => DateOnly.TryParseExact(Month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
        ? first.ToString("MMMM yyyy", CultureInfo.InvariantCulture) : Month;
}
