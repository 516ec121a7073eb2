using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <param name="From">The first day of the period that the form offers.</param>
/// <param name="To">Its last day.</param>
/// <param name="Stripe">The state of the export to Stripe.</param>
/// <param name="Problem">Why the last download was refused.</param>
public sealed record ExportsModel(DateOnly From, DateOnly To, string? Tenant, Part<StripeStateView> Stripe, Problem? Problem);
