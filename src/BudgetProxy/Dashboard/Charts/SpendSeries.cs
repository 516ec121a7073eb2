using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Charts;

/// <summary>Makes the rows of an overview into a chart's columns.</summary>
public static class SpendSeries
{
    public static (IReadOnlyList<DateOnly> Days, IReadOnlyList<ChartSeries> Series) ByModel(OverviewView overview) =>
        Of([.. (overview.Series ?? []).Select(row => (row.Day, row.Model, row.CostUsd))]);

    public static (IReadOnlyList<DateOnly> Days, IReadOnlyList<ChartSeries> Series) ByTenant(OverviewView overview) =>
        Of([.. (overview.TenantSeries ?? []).Select(row => (row.Day, row.Tenant, row.CostUsd))]);

    /// <summary>The dearest first, what is left over last.</summary>
    private static (IReadOnlyList<DateOnly> Days, IReadOnlyList<ChartSeries> Series) Of(List<(DateOnly Day, string Name, decimal Cost)> rows)
    {
        List<DateOnly> days = [.. rows.Select(row => row.Day).Distinct().Order()];
        var place = days.Select((day, index) => (day, index)).ToDictionary(pair => pair.day, pair => pair.index);
        var series = new List<ChartSeries>();
        foreach (var name in rows.GroupBy(row => row.Name, StringComparer.Ordinal))
        {
            var values = new decimal[days.Count];
            foreach (var row in name)
                values[place[row.Day]] += row.Cost;
            if (values.Any(value => value > 0))
                series.Add(new ChartSeries(name.Key, values));
        }

        return (days, [.. series.OrderBy(one => one.Name == "other").ThenByDescending(one => one.Total)]);
    }
}
