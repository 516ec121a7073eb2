using BudgetProxy.Stripe;

namespace BudgetProxy.Admin;

/// <summary>What a setup of Stripe found and did.</summary>
/// <param name="Ok">False = a step differs or failed; its detail says what to do.</param>
/// <param name="Changed">True = something was made or linked, or with <c>plan</c> would be.</param>
/// <param name="Plan">True = nothing was done.</param>
/// <param name="Mode"><c>live</c> or <c>test</c>, by the key.</param>
/// <param name="ClockSkewSeconds">By how much Stripe's clock is ahead of this machine's; null = not known.</param>
/// <param name="LinkedBefore">Tenants that were linked to a customer that is there; they have no step.</param>
/// <param name="Unlinked">Tenants without a customer, for which none was wished.</param>
/// <param name="Remaining">Tenants whose customers are still to be made: ask again.</param>
public sealed record SetupDocument(
    bool Ok, bool Changed, bool Plan, string Mode, decimal? ClockSkewSeconds, IReadOnlyList<SetupStepDocument> Steps, int LinkedBefore, int Unlinked, int Remaining)
{
    internal static SetupDocument Of(SetupReport report) => new(
        report.IsRight, report.IsChange, report.IsPlan, report.IsLive ? "live" : "test", report.ClockSkew is { } skew ? decimal.Round((decimal)skew.TotalSeconds, 1) : null,
        [.. report.Steps.Select(SetupStepDocument.Of)], report.LinkedBefore, report.Unlinked, report.Remaining);
}
