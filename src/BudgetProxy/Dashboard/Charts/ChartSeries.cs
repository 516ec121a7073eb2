namespace BudgetProxy.Dashboard.Charts;

/// <summary>One colour of a chart.</summary>
/// <param name="Values">One for each column.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<decimal> Values)
{
    public decimal Total => Values.Sum();
}
