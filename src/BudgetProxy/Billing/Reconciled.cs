namespace BudgetProxy.Billing;

/// <summary>A Stripe customer and meter, day by day.</summary>
/// <param name="Tenants">Whose usage is sent to the customer: one, but where several share it. Ordinally.</param>
/// <param name="Meter">The meter's event name.</param>
/// <param name="Days">In order; every day of the span.</param>
public sealed record Reconciled(IReadOnlyList<string> Tenants, string Customer, string Meter, IReadOnlyList<ReconciledDay> Days)
{
    /// <summary>What Stripe says of it in place of sums; null = its sums are there, or were not read.</summary>
    public string? Problem { get; init; }

    /// <summary>True: Stripe failed with this one, and with others not, so its sums may be there another time.</summary>
    public bool IsMissed { get; init; }

    /// <summary>What Stripe has more than we sent; null = Stripe was not read.</summary>
    public decimal? Drift => Days.Any(day => day.Drift is null) ? null : Days.Sum(day => day.Drift);
}
