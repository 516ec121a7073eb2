namespace BudgetProxy.Dashboard.Charts;

/// <summary>An axis whose lines stand at round figures.</summary>
/// <param name="Step">Between two lines.</param>
/// <param name="Lines">Above zero.</param>
public sealed record ChartScale(decimal Step, int Lines)
{
    private const int MostLines = 4;

    private static readonly decimal[] Round = [1m, 2m, 2.5m, 5m, 10m];

    public decimal Top => Step * Lines;

    /// <summary>The smallest axis of at most four lines that holds <paramref name="highest"/>.</summary>
    public static ChartScale Of(decimal highest)
    {
        if (highest <= 0)
            return new ChartScale(1, 1);
        var size = 1m;
        while (highest / MostLines > size * 10)
            size *= 10;
        while (highest / MostLines <= size && size > 0.000000001m)
            size /= 10;
        var step = Round.Select(factor => factor * size).First(candidate => candidate * MostLines >= highest);
        return new ChartScale(step, Math.Max(1, (int)Math.Ceiling(highest / step)));
    }
}
