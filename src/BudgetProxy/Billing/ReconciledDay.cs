using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>A UTC day of a customer, in our books and in Stripe's.</summary>
/// <param name="Day">Its first instant.</param>
public sealed record ReconciledDay(DateTimeOffset Day)
{
    /// <summary>What the ledger says was used, by settlement, in the unit of the meter of money: charged, or cost. Zero for a meter of units.</summary>
    public NanoUsd Ledger { get; init; }

    /// <summary>What was cut into buckets of that day's hours of settlement: the ledger's less what a plan includes, what is prepaid, and what is not cut yet.</summary>
    public NanoUsd Billable { get; init; }

    /// <summary>Value of the buckets that are sent, by their stamps.</summary>
    public long Sent { get; init; }

    /// <summary>Value of those that are not.</summary>
    public long Waiting { get; init; }

    /// <summary>What Stripe has, by the events' timestamps; null = it was not read.</summary>
    public decimal? Stripe { get; init; }

    /// <summary>The hours that differ, where the day does.</summary>
    public IReadOnlyList<ReconciledHour> Hours { get; init; } = [];

    /// <summary>What Stripe has more than we sent; null = Stripe was not read.</summary>
    public decimal? Drift => Stripe - Sent;
}
