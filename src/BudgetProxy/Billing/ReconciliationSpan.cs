namespace BudgetProxy.Billing;

/// <summary>A span of time whose sums are compared: whole UTC days, but where it says otherwise.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
public sealed record ReconciliationSpan(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>What Stripe takes events of, and so what can differ.</summary>
    public const int MostDays = 36;

    /// <summary>How long after a day's end a difference may only mean that Stripe has not added up yet. Stripe names no bound; this is our own guess at one.</summary>
    public static readonly TimeSpan Lag = TimeSpan.FromHours(1);

    public IEnumerable<DateTimeOffset> Days
    {
        get
        {
            for (var day = From; day < To; day = day.AddDays(1))
                yield return day;
        }
    }
}
